package websocketcheckreceiver

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/scraper/scrapererror"
	"go.uber.org/zap"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/check"
	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/metadata"
)

// websocketScraper runs the check of each target once per scrape.
type websocketScraper struct {
	cfg      *Config
	settings receiver.Settings
	metrics  *metricsWriter
	targets  []*target

	// lifetime ends with interrupt, when the receiver shuts down.
	lifetime  context.Context
	interrupt context.CancelFunc
}

func newScraper(cfg *Config, settings receiver.Settings) *websocketScraper {
	lifetime, interrupt := context.WithCancel(context.Background())
	return &websocketScraper{
		cfg:       cfg,
		settings:  settings,
		metrics:   newMetricsWriter(cfg.Metrics, settings),
		lifetime:  lifetime,
		interrupt: interrupt,
	}
}

func (s *websocketScraper) start(ctx context.Context, host component.Host) error {
	for i := range s.cfg.Targets {
		targetCfg := &s.cfg.Targets[i]
		t, err := newTarget(ctx, s.cfg, targetCfg, host, s.settings.BuildInfo)
		if err != nil {
			return fmt.Errorf("%s target %q: %w", metadata.Type, targetCfg.checkName(), err)
		}
		s.targets = append(s.targets, t)
	}
	return nil
}

// scrape checks all targets. That a target is down is a finding and no error; an error tells that targets were not
// checked because the time of the scrape was over.
func (s *websocketScraper) scrape(ctx context.Context) (pmetric.Metrics, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.lifetime, cancel)()

	begun := s.runAll(ctx)
	if errors.Is(ctx.Err(), context.Canceled) {
		return pmetric.NewMetrics(), ctx.Err()
	}
	var err error
	if left := len(s.targets) - begun; left > 0 {
		err = scrapererror.NewPartialScrapeError(
			fmt.Errorf("%d targets were not checked within the receiver's timeout: %w", left, ctx.Err()), left)
	}
	return s.metrics.write(s.targets), err
}

// runAll runs the checks, so many at once as the configuration allows, and returns when all have ended. It begins no
// other when ctx is done, and tells how many it has begun.
func (s *websocketScraper) runAll(ctx context.Context) (begun int) {
	var runs sync.WaitGroup
	defer runs.Wait()
	slots := make(chan struct{}, s.cfg.MaxConcurrency)
	for _, t := range s.targets {
		select {
		case <-ctx.Done():
			return begun
		case slots <- struct{}{}:
		}
		// The end of the time ends runs, so that a slot is free at the same moment.
		if ctx.Err() != nil {
			return begun
		}
		begun++
		runs.Go(func() {
			defer func() { <-slots }()
			s.run(ctx, t)
		})
	}
	return begun
}

// run checks a target once. A run that the shutdown stops has found nothing.
func (s *websocketScraper) run(ctx context.Context, t *target) {
	result := t.checker.Run(ctx)
	if errors.Is(ctx.Err(), context.Canceled) {
		return
	}
	first := t.history.last.Outcome == ""
	if !t.history.add(result, time.Now()) || first && result.Outcome == check.Up {
		return
	}
	log := s.settings.Logger.Warn
	if result.Outcome == check.Up {
		log = s.settings.Logger.Info
	}
	log("WebSocket check found a change",
		zap.String("name", t.attributes.name),
		zap.String("result", string(result.Outcome)),
		zap.String("error.type", result.ErrorType),
		zap.String("phase", string(result.Phase)),
		zap.Error(result.Err))
}
