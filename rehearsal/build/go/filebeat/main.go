// The stand-in for Logstash, which can't be had from Go's modules: Filebeat's own Kafka input and Elasticsearch output
// under Logstash's name, settings and monitoring API. It asks Elasticsearch for no licence, as Logstash's output
// doesn't when index lifecycle management is off; the filebeat command would, and refuse a server without x-pack.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/elastic/beats/v7/filebeat/beater"
	input "github.com/elastic/beats/v7/filebeat/input/v2"
	"github.com/elastic/beats/v7/libbeat/api"
	"github.com/elastic/beats/v7/libbeat/beat"
	"github.com/elastic/beats/v7/libbeat/cmd/instance"
	"github.com/elastic/beats/v7/libbeat/logp"
	"github.com/elastic/beats/v7/libbeat/monitoring"
)

// What a pipeline needs to work here: its file, which says the same to the real Logstash, and these variables of it.
var (
	pipeline  = "/usr/share/logstash/pipeline/logstash.conf"
	variables = []string{"KAFKA_BOOTSTRAP_SERVERS", "KAFKA_TOPICS", "KAFKA_GROUP_ID", "ELASTICSEARCH_HOSTS", "ELASTICSEARCH_INDEX"}
)

func main() {
	flag.StringVar(&pipeline, "path.pipeline", pipeline, "the pipeline's file, which must be there")
	flag.Parse()
	fmt.Fprintln(os.Stderr, "This is a STAND-IN for Logstash 7.17.29: Filebeat from Kafka to Elasticsearch, by KAFKA_* and ELASTICSEARCH_* from the environment; the pipeline's text is not read")
	if mistakes := missing(); len(mistakes) > 0 {
		fmt.Fprintln(os.Stderr, "logstash stand-in: "+strings.Join(mistakes, "; "))
		os.Exit(1)
	}
	// Probes ask for / and /_node/stats.
	monitoring.NewString(monitoring.GetNamespace("info").GetRegistry(), "status").Set("green")
	if err := api.AddHandlerFunc("/_node/stats", stats); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := instance.Run(instance.Settings{Name: "logstash"}, beater.New(inputs)); err != nil {
		os.Exit(1)
	}
}

func inputs(beat.Info, *logp.Logger, beater.StateStore) []input.Plugin {
	return []input.Plugin{kafkaInput()}
}

func missing() (mistakes []string) {
	if text, err := os.ReadFile(pipeline); err != nil || strings.TrimSpace(string(text)) == "" {
		mistakes = append(mistakes, pipeline+": no pipeline there")
	}
	for _, name := range variables {
		if os.Getenv(name) == "" {
			mistakes = append(mistakes, name+": not set")
		}
	}
	return mistakes
}

func stats(answer http.ResponseWriter, _ *http.Request) {
	answer.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(answer).Encode(map[string]interface{}{
		"version":  "7.17.29",
		"status":   "green",
		"stand_in": true,
		"output":   monitoring.CollectStructSnapshot(monitoring.Default.GetRegistry("libbeat.output.events"), monitoring.Full, false),
	})
}
