using DagmmStream.Grains.Hosting;
using DagmmStream.Grains.Rounds;
using DagmmStream.Grains.Training;
using DagmmStream.Storage;
using DagmmStream.Storage.Alerts;
using DagmmStream.Storage.Catalog;
using DagmmStream.Storage.Journal;
using DagmmStream.Storage.Models;
using DagmmStream.Storage.Scores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Orleans.Storage;

namespace DagmmStream.Grains.Partitions;

/// <summary>What every partition of a silo shares.</summary>
internal sealed record PartitionServices(
    ICatalogStore Catalog,
    IJournal Journal,
    IScoreHistory History,
    IAlertStore Alerts,
    IModelStore Models,
    TrainingExecutor Executor,
    EngineSelector Engines,
    PartitionRegistry Registry,
    PartitionMetrics Metrics,
    TimeProvider Time,
    IGrainFactory Grains,
    RoundMetrics RoundMetrics,
    [FromKeyedServices(CheckpointStorage.Name)] IGrainStorage Checkpoints,
    Serializer<EventExplanation> Explanations,
    IOptions<DagmmGrainOptions> GrainOptions,
    ILogger<PartitionGrain> Logger)
{
    // The largest batch must fit.
    private const int FewestRecent = EventBatch.MaxEvents;

    public DagmmGrainOptions Options => GrainOptions.Value;

    /// <summary>How loudly a failure is logged: what follows from an outage of the store is said by the store, once per silo.</summary>
    /// <param name="exception">The failure.</param>
    /// <param name="usual">The level at any other time.</param>
    public LogLevel LevelOf(Exception exception, LogLevel usual)
    {
        var isOther = exception is InconsistentStateException or DagmmStreamException { Code: not ErrorCode.StoreUnavailable };
        return Journal.HasOutage && !isOther ? LogLevel.Debug : usual;
    }

    /// <summary>Recent events that one partition may keep: its part of the silo's memory for them.</summary>
    /// <param name="width">Input columns d.</param>
    /// <param name="most">What the partition would like to keep.</param>
    public int RecentEvents(int width, int most)
    {
        var each = Options.RecentMemoryBytes / Math.Max(1, Registry.Count) / (ScoreBlock.RowBytes + (width * sizeof(float)));
        return (int)Math.Clamp(each, FewestRecent, Math.Max(FewestRecent, most));
    }
}
