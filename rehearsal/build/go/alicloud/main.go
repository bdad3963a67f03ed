// The alicloud plugin for machines that can't download Pulumi's build of it: the same two halves, Alibaba Cloud's
// Terraform provider and Pulumi's bridge, so that checks, diffs and API calls are the real provider's. It maps only
// the names that the program uses.
package main

import (
	"github.com/aliyun/terraform-provider-alicloud/alicloud"
	"github.com/hashicorp/terraform-plugin-sdk/helper/schema"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shimv1 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v1"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// Version is the @pulumi/alicloud release that maps this version of the Terraform provider.
const version = "3.108.0"

// A Pulumi token is `alicloud:<module>/<name>:<Name>`.
func resource(module, name, typ string) *tfbridge.ResourceInfo {
	return &tfbridge.ResourceInfo{Tok: tokens.Type("alicloud:" + module + "/" + name + ":" + typ)}
}

func function(module, name string) *tfbridge.DataSourceInfo {
	return &tfbridge.DataSourceInfo{Tok: tokens.ModuleMember("alicloud:" + module + "/" + name + ":" + name)}
}

func main() {
	terraform := alicloud.Provider().(*schema.Provider)
	resources := map[string]*tfbridge.ResourceInfo{
		"alicloud_vpc":                                 resource("vpc", "network", "Network"),
		"alicloud_vswitch":                             resource("vpc", "switch", "Switch"),
		"alicloud_security_group":                      resource("ecs", "securityGroup", "SecurityGroup"),
		"alicloud_security_group_rule":                 resource("ecs", "securityGroupRule", "SecurityGroupRule"),
		"alicloud_ecs_key_pair":                        resource("ecs", "ecsKeyPair", "EcsKeyPair"),
		"alicloud_instance":                            resource("ecs", "instance", "Instance"),
		"alicloud_ecs_disk":                            resource("ecs", "ecsDisk", "EcsDisk"),
		"alicloud_ecs_disk_attachment":                 resource("ecs", "ecsDiskAttachment", "EcsDiskAttachment"),
		"alicloud_ecs_auto_snapshot_policy":            resource("ecs", "autoSnapshotPolicy", "AutoSnapshotPolicy"),
		"alicloud_ecs_auto_snapshot_policy_attachment": resource("ecs", "ecsAutoSnapshotPolicyAttachment", "EcsAutoSnapshotPolicyAttachment"),
	}
	dataSources := map[string]*tfbridge.DataSourceInfo{
		"alicloud_zones":           function("index", "getZones"),
		"alicloud_regions":         function("index", "getRegions"),
		"alicloud_account":         function("index", "getAccount"),
		"alicloud_caller_identity": function("index", "getCallerIdentity"),
		"alicloud_instance_types":  function("ecs", "getInstanceTypes"),
		"alicloud_images":          function("ecs", "getImages"),
		"alicloud_ecs_disks":       function("ecs", "getEcsDisks"),
		"alicloud_ecs_snapshots":   function("ecs", "getEcsSnapshots"),
		"alicloud_instances":       function("ecs", "getInstances"),
	}
	ignored := []string{}
	for name := range terraform.ResourcesMap {
		if resources[name] == nil {
			ignored = append(ignored, name)
		}
	}
	for name := range terraform.DataSourcesMap {
		if dataSources[name] == nil {
			ignored = append(ignored, name)
		}
	}
	tfbridge.Main("alicloud", version, tfbridge.ProviderInfo{
		P:              shimv1.NewProvider(terraform),
		Name:           "alicloud",
		Version:        version,
		Resources:      resources,
		DataSources:    dataSources,
		IgnoreMappings: ignored,
	}, []byte(`{"name":"alicloud"}`))
}
