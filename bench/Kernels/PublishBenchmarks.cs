using BenchmarkDotNet.Attributes;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Bench.Kernels;

/// <summary>Publishing a snapshot of a window of 4,096 rows.</summary>
[MemoryDiagnoser]
public class PublishBenchmarks
{
    private const int WindowRows = 4096;
    private readonly PublishOptions _options = new();
    private float[] _rows = [], _weights = [];
    private ParameterLayout? _layout;

    [Params(Network.Stream9, Network.Stream38)]
    public Network Network { get; set; }

    [GlobalSetup]
    public void Initialize()
    {
        _layout = new ParameterLayout(Network.Spec());
        _weights = WeightInitializer.Create(_layout, 1).Weights;
        _rows = Data.Rows(WindowRows, _layout.Spec.Features);
    }

    [Benchmark]
    public PublishResult Publish() => SnapshotPublisher.Publish(_layout!, _weights, _rows, WindowRows, 1, _options);
}
