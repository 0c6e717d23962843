# Made by scripts/honeycomb.ts: change it there, and run it. README.md says how to use this.

terraform {
  required_providers {
    honeycombio = {
      source  = "honeycombio/honeycombio"
      version = "~> 0.46.0"
    }
  }
}

variable "dataset" {
  description = "The dataset of the service whose connections are looked at: its OTEL_SERVICE_NAME."
  type        = string
}

variable "recipients" {
  description = "Ids of those who are told by the triggers; nobody is told where there are none."
  type        = list(string)
  default     = []
}

data "honeycombio_query_specification" "closes" {
  breakdowns = ["websocket.close.class"]
  time_range = 86400

  calculation {
    op = "COUNT"
  }

  filter {
    column = "websocket.close.class"
    op     = "exists"
  }

  filter {
    column = "websocket.connection.role"
    op     = "does-not-exist"
  }
}

resource "honeycombio_query" "closes" {
  dataset    = var.dataset
  query_json = data.honeycombio_query_specification.closes.json
}

resource "honeycombio_query_annotation" "closes" {
  dataset     = var.dataset
  query_id    = honeycombio_query.closes.id
  name        = "Closes by class"
  description = "Connections that have ended, by what the close code means."
}

data "honeycombio_query_specification" "abnormal_closes" {
  breakdowns = ["http.route", "websocket.close.initiator"]
  time_range = 86400

  calculation {
    op = "COUNT"
  }

  filter {
    column = "websocket.close.class"
    op     = "="
    value  = "abnormal"
  }

  filter {
    column = "websocket.connection.role"
    op     = "does-not-exist"
  }

  order {
    op    = "COUNT"
    order = "descending"
  }
}

resource "honeycombio_query" "abnormal_closes" {
  dataset    = var.dataset
  query_json = data.honeycombio_query_specification.abnormal_closes.json
}

resource "honeycombio_query_annotation" "abnormal_closes" {
  dataset     = var.dataset
  query_id    = honeycombio_query.abnormal_closes.id
  name        = "Abnormal closes"
  description = "Connections that broke off without a close frame (1006), by route and by who was first."
}

data "honeycombio_query_specification" "close_codes" {
  breakdowns = ["websocket.close.code", "websocket.close.class", "websocket.close.initiator"]
  time_range = 86400

  calculation {
    op = "COUNT"
  }

  calculation {
    op     = "P50"
    column = "duration_ms"
  }

  filter {
    column = "websocket.close.class"
    op     = "exists"
  }

  filter {
    column = "websocket.connection.role"
    op     = "does-not-exist"
  }

  order {
    op    = "COUNT"
    order = "descending"
  }
}

resource "honeycombio_query" "close_codes" {
  dataset    = var.dataset
  query_json = data.honeycombio_query_specification.close_codes.json
}

resource "honeycombio_query_annotation" "close_codes" {
  dataset     = var.dataset
  query_id    = honeycombio_query.close_codes.id
  name        = "Close codes"
  description = "Every exact code, also those that metrics call _OTHER."
}

data "honeycombio_query_specification" "handshake_failures" {
  breakdowns = ["http.response.status_code", "error.type"]
  time_range = 86400

  calculation {
    op = "COUNT"
  }

  filter {
    column = "websocket.connection.id"
    op     = "exists"
  }

  filter {
    column = "websocket.connection.role"
    op     = "does-not-exist"
  }

  filter {
    column = "websocket.close.class"
    op     = "does-not-exist"
  }

  filter {
    column = "error.type"
    op     = "exists"
  }

  order {
    op    = "COUNT"
    order = "descending"
  }
}

resource "honeycombio_query" "handshake_failures" {
  dataset    = var.dataset
  query_json = data.honeycombio_query_specification.handshake_failures.json
}

resource "honeycombio_query_annotation" "handshake_failures" {
  dataset     = var.dataset
  query_id    = honeycombio_query.handshake_failures.id
  name        = "Handshakes that failed"
  description = "Refused with a status, or broken off."
}

data "honeycombio_query_specification" "slow_consumers" {
  time_range = 86400

  calculation {
    op     = "HEATMAP"
    column = "websocket.connection.max_buffered_amount"
  }

  calculation {
    op     = "MAX"
    column = "websocket.connection.max_buffered_amount"
  }

  filter {
    column = "websocket.connection.max_buffered_amount"
    op     = "exists"
  }
}

resource "honeycombio_query" "slow_consumers" {
  dataset    = var.dataset
  query_json = data.honeycombio_query_specification.slow_consumers.json
}

resource "honeycombio_query_annotation" "slow_consumers" {
  dataset     = var.dataset
  query_id    = honeycombio_query.slow_consumers.id
  name        = "Bytes that waited"
  description = "The most that waited to be sent on a connection. From one mebibyte on its peer reads too slowly."
}

data "honeycombio_query_specification" "round_trips" {
  time_range = 86400

  calculation {
    op     = "HEATMAP"
    column = "websocket.connection.mean_round_trip"
  }

  calculation {
    op     = "P95"
    column = "websocket.connection.mean_round_trip"
  }

  filter {
    column = "websocket.connection.mean_round_trip"
    op     = "exists"
  }
}

resource "honeycombio_query" "round_trips" {
  dataset    = var.dataset
  query_json = data.honeycombio_query_specification.round_trips.json
}

resource "honeycombio_query_annotation" "round_trips" {
  dataset     = var.dataset
  query_id    = honeycombio_query.round_trips.id
  name        = "Round trips"
  description = "Mean round trip of a connection's heartbeats, in seconds."
}

data "honeycombio_query_specification" "heartbeats_missed" {
  breakdowns = ["http.route"]
  time_range = 86400

  calculation {
    op     = "SUM"
    column = "websocket.connection.heartbeats_missed"
  }

  filter {
    column = "websocket.connection.heartbeats_missed"
    op     = ">"
    value  = 0
  }

  filter {
    column = "websocket.connection.role"
    op     = "does-not-exist"
  }
}

resource "honeycombio_query" "heartbeats_missed" {
  dataset    = var.dataset
  query_json = data.honeycombio_query_specification.heartbeats_missed.json
}

resource "honeycombio_query_annotation" "heartbeats_missed" {
  dataset     = var.dataset
  query_id    = honeycombio_query.heartbeats_missed.id
  name        = "Heartbeats that were missed"
  description = "By route, over all connections that have ended."
}

data "honeycombio_query_specification" "lifetimes" {
  time_range = 86400

  calculation {
    op     = "HEATMAP"
    column = "websocket.connection.age"
  }

  calculation {
    op     = "P50"
    column = "websocket.connection.age"
  }

  calculation {
    op     = "MAX"
    column = "websocket.connection.age"
  }

  filter {
    column = "websocket.close.class"
    op     = "exists"
  }

  filter {
    column = "websocket.connection.role"
    op     = "exists"
  }
}

resource "honeycombio_query" "lifetimes" {
  dataset    = var.dataset
  query_json = data.honeycombio_query_specification.lifetimes.json
}

resource "honeycombio_query_annotation" "lifetimes" {
  dataset     = var.dataset
  query_id    = honeycombio_query.lifetimes.id
  name        = "How long connections live"
  description = "In seconds, when they have ended: from the event, since a span is no longer than its segment."
}

data "honeycombio_query_specification" "traffic" {
  breakdowns = ["http.route"]
  time_range = 86400

  calculation {
    op     = "SUM"
    column = "websocket.connection.messages_received"
  }

  calculation {
    op     = "SUM"
    column = "websocket.connection.messages_sent"
  }

  calculation {
    op     = "SUM"
    column = "websocket.connection.bytes_received"
  }

  calculation {
    op     = "SUM"
    column = "websocket.connection.bytes_sent"
  }

  filter {
    column = "websocket.close.class"
    op     = "exists"
  }

  filter {
    column = "websocket.connection.role"
    op     = "does-not-exist"
  }

  order {
    op     = "SUM"
    column = "websocket.connection.bytes_sent"
    order  = "descending"
  }
}

resource "honeycombio_query" "traffic" {
  dataset    = var.dataset
  query_json = data.honeycombio_query_specification.traffic.json
}

resource "honeycombio_query_annotation" "traffic" {
  dataset     = var.dataset
  query_id    = honeycombio_query.traffic.id
  name        = "Traffic by route"
  description = "Messages and payload bytes of the connections that have ended."
}

resource "honeycombio_flexible_board" "websocket" {
  name        = "WebSocket connections"
  description = "Handshakes, closes, queues and heartbeats of the connections of a service, from their spans."

  panel {
    type = "query"

    position {
      x_coordinate = 0
      y_coordinate = 0
      width        = 6
      height       = 4
    }

    query_panel {
      query_id            = honeycombio_query.closes.id
      query_annotation_id = honeycombio_query_annotation.closes.id
      query_style         = "graph"
    }
  }

  panel {
    type = "query"

    position {
      x_coordinate = 6
      y_coordinate = 0
      width        = 6
      height       = 4
    }

    query_panel {
      query_id            = honeycombio_query.abnormal_closes.id
      query_annotation_id = honeycombio_query_annotation.abnormal_closes.id
      query_style         = "combo"
    }
  }

  panel {
    type = "query"

    position {
      x_coordinate = 0
      y_coordinate = 4
      width        = 6
      height       = 4
    }

    query_panel {
      query_id            = honeycombio_query.close_codes.id
      query_annotation_id = honeycombio_query_annotation.close_codes.id
      query_style         = "table"
    }
  }

  panel {
    type = "query"

    position {
      x_coordinate = 6
      y_coordinate = 4
      width        = 6
      height       = 4
    }

    query_panel {
      query_id            = honeycombio_query.handshake_failures.id
      query_annotation_id = honeycombio_query_annotation.handshake_failures.id
      query_style         = "combo"
    }
  }

  panel {
    type = "query"

    position {
      x_coordinate = 0
      y_coordinate = 8
      width        = 6
      height       = 4
    }

    query_panel {
      query_id            = honeycombio_query.slow_consumers.id
      query_annotation_id = honeycombio_query_annotation.slow_consumers.id
      query_style         = "graph"
    }
  }

  panel {
    type = "query"

    position {
      x_coordinate = 6
      y_coordinate = 8
      width        = 6
      height       = 4
    }

    query_panel {
      query_id            = honeycombio_query.round_trips.id
      query_annotation_id = honeycombio_query_annotation.round_trips.id
      query_style         = "graph"
    }
  }

  panel {
    type = "query"

    position {
      x_coordinate = 0
      y_coordinate = 12
      width        = 6
      height       = 4
    }

    query_panel {
      query_id            = honeycombio_query.heartbeats_missed.id
      query_annotation_id = honeycombio_query_annotation.heartbeats_missed.id
      query_style         = "graph"
    }
  }

  panel {
    type = "query"

    position {
      x_coordinate = 6
      y_coordinate = 12
      width        = 6
      height       = 4
    }

    query_panel {
      query_id            = honeycombio_query.lifetimes.id
      query_annotation_id = honeycombio_query_annotation.lifetimes.id
      query_style         = "graph"
    }
  }

  panel {
    type = "query"

    position {
      x_coordinate = 0
      y_coordinate = 16
      width        = 6
      height       = 4
    }

    query_panel {
      query_id            = honeycombio_query.traffic.id
      query_annotation_id = honeycombio_query_annotation.traffic.id
      query_style         = "table"
    }
  }
}

data "honeycombio_query_specification" "trigger_abnormal_closes" {
  breakdowns = ["http.route"]
  time_range = 900

  calculation {
    op = "COUNT"
  }

  filter {
    column = "websocket.close.class"
    op     = "="
    value  = "abnormal"
  }

  filter {
    column = "websocket.connection.role"
    op     = "does-not-exist"
  }
}

resource "honeycombio_query" "trigger_abnormal_closes" {
  dataset    = var.dataset
  query_json = data.honeycombio_query_specification.trigger_abnormal_closes.json
}

resource "honeycombio_trigger" "abnormal_closes" {
  name        = "WebSocket: connections break off"
  description = "More than 20 connections of a route ended without a close frame within 15 minutes."
  dataset     = var.dataset
  query_id    = honeycombio_query.trigger_abnormal_closes.id
  frequency   = 300

  threshold {
    op    = ">"
    value = 20
  }

  dynamic "recipient" {
    for_each = var.recipients

    content {
      id = recipient.value
    }
  }
}

data "honeycombio_query_specification" "trigger_handshake_failures" {
  breakdowns = ["error.type"]
  time_range = 900

  calculation {
    op = "COUNT"
  }

  filter {
    column = "websocket.connection.id"
    op     = "exists"
  }

  filter {
    column = "websocket.connection.role"
    op     = "does-not-exist"
  }

  filter {
    column = "websocket.close.class"
    op     = "does-not-exist"
  }

  filter {
    column = "error.type"
    op     = "exists"
  }
}

resource "honeycombio_query" "trigger_handshake_failures" {
  dataset    = var.dataset
  query_json = data.honeycombio_query_specification.trigger_handshake_failures.json
}

resource "honeycombio_trigger" "handshake_failures" {
  name        = "WebSocket: handshakes fail"
  description = "More than 20 handshakes failed for the same reason within 15 minutes."
  dataset     = var.dataset
  query_id    = honeycombio_query.trigger_handshake_failures.id
  frequency   = 300

  threshold {
    op    = ">"
    value = 20
  }

  dynamic "recipient" {
    for_each = var.recipients

    content {
      id = recipient.value
    }
  }
}

data "honeycombio_query_specification" "trigger_slow_consumers" {
  time_range = 900

  calculation {
    op = "COUNT"
  }

  filter {
    column = "websocket.connection.max_buffered_amount"
    op     = ">="
    value  = 1048576
  }
}

resource "honeycombio_query" "trigger_slow_consumers" {
  dataset    = var.dataset
  query_json = data.honeycombio_query_specification.trigger_slow_consumers.json
}

resource "honeycombio_trigger" "slow_consumers" {
  name        = "WebSocket: slow consumers"
  description = "On more than 5 connections that ended within 15 minutes a mebibyte or more had waited to be sent."
  dataset     = var.dataset
  query_id    = honeycombio_query.trigger_slow_consumers.id
  frequency   = 300

  threshold {
    op    = ">"
    value = 5
  }

  dynamic "recipient" {
    for_each = var.recipients

    content {
      id = recipient.value
    }
  }
}

data "honeycombio_query_specification" "trigger_round_trips" {
  time_range = 900

  calculation {
    op     = "P95"
    column = "websocket.connection.mean_round_trip"
  }

  filter {
    column = "websocket.connection.mean_round_trip"
    op     = "exists"
  }
}

resource "honeycombio_query" "trigger_round_trips" {
  dataset    = var.dataset
  query_json = data.honeycombio_query_specification.trigger_round_trips.json
}

resource "honeycombio_trigger" "round_trips" {
  name        = "WebSocket: round trips are long"
  description = "Of 5 % of the connections that ended within 15 minutes the mean round trip was over half a second."
  dataset     = var.dataset
  query_id    = honeycombio_query.trigger_round_trips.id
  frequency   = 300

  threshold {
    op    = ">"
    value = 0.5
  }

  dynamic "recipient" {
    for_each = var.recipients

    content {
      id = recipient.value
    }
  }
}

data "honeycombio_query_specification" "trigger_long_lived" {
  time_range = 3600

  calculation {
    op = "COUNT"
  }

  filter {
    column = "websocket.connection.segment"
    op     = ">="
    value  = 24
  }
}

resource "honeycombio_query" "trigger_long_lived" {
  dataset    = var.dataset
  query_json = data.honeycombio_query_specification.trigger_long_lived.json
}

resource "honeycombio_trigger" "long_lived" {
  name        = "WebSocket: a connection lives for more than a day"
  description = "It has had a segment for each hour: look whether more are leaking, in connection.age.max."
  dataset     = var.dataset
  query_id    = honeycombio_query.trigger_long_lived.id
  frequency   = 3600

  threshold {
    op    = ">"
    value = 0
  }

  dynamic "recipient" {
    for_each = var.recipients

    content {
      id = recipient.value
    }
  }
}
