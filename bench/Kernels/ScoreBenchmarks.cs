using BenchmarkDotNet.Attributes;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Bench.Kernels;

/// <summary>Scoring a batch, alone for one event; time per call.</summary>
[MemoryDiagnoser]
public class ScoreBenchmarks
{
    private const int WindowRows = 4096;
    private readonly EnergyScorer _scorer = new();
    private readonly EnergyScore[] _scores = new EnergyScore[WindowRows];
    private float[] _rows = [];
    private ModelSnapshot? _snapshot;
    private int _at;

    [Params(Network.Lite9, Network.Stream9, Network.Small, Network.Kdd)]
    public Network Network { get; set; }

    [Params(1, 16, 256, WindowRows)]
    public int Batch { get; set; }

    [GlobalSetup]
    public void Publish()
    {
        var spec = Network.Spec();
        var layout = new ParameterLayout(spec);
        _rows = Data.Rows(WindowRows, spec.Features);
        var published = SnapshotPublisher.Publish(
            layout, WeightInitializer.Create(layout, 1).Weights, _rows, WindowRows, 1, new PublishOptions());
        _snapshot = published.Snapshot ?? throw new InvalidOperationException($"nothing published: {published.FailureReason}");
    }

    [Benchmark]
    public void Score()
    {
        var features = _snapshot!.Layout.Spec.Features;
        if (Batch == 1) _scorer.Score(_snapshot, _rows.AsSpan(_at * features, features));
        else _scorer.Score(_snapshot, _rows, Batch, _scores);
        _at = (_at + 1) % WindowRows;
    }
}
