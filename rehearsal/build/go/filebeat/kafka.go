package main

import (
	"time"

	"github.com/Shopify/sarama"
	"github.com/elastic/beats/v7/filebeat/input/kafka"
	input "github.com/elastic/beats/v7/filebeat/input/v2"
	"github.com/elastic/beats/v7/libbeat/common"
	"github.com/elastic/beats/v7/libbeat/feature"
)

// Filebeat's Kafka input with a client that Kafka 4 understands. The input's own stores offsets by a request of 2015
// that Kafka 4 answers with a closed connection; the next version of the request is the one that says for how long.
func kafkaInput() input.Plugin {
	client := sarama.NewConfig()
	client.ClientID = "logstash"
	client.Version = sarama.V2_6_0_0
	client.Consumer.Return.Errors = true
	client.Consumer.Offsets.Initial = sarama.OffsetOldest
	client.Consumer.Offsets.Retention = 365 * 24 * time.Hour
	return input.Plugin{
		Name:      "kafka",
		Stability: feature.Stable,
		Manager:   input.ConfigureWith(configure(kafka.NewInput, client)),
	}
}

// The input's settings have a type without a public name, which the compiler finds from `build`.
func configure[Settings any, Input input.Input](
	build func(Settings, *sarama.Config) (Input, error), client *sarama.Config,
) func(*common.Config) (input.Input, error) {
	return func(config *common.Config) (input.Input, error) {
		var settings Settings
		if err := config.Unpack(&settings); err != nil {
			return nil, err
		}
		return build(settings, client)
	}
}
