using BenchmarkDotNet.Attributes;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Torch;
using DagmmStream.Modeling.Training;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Bench.Kernels;

/// <summary>One training step, managed beside Torch (one thread).</summary>
[MemoryDiagnoser]
public class StepBenchmarks
{
    private readonly StepOptions _options = new() { LearningRate = 1e-4 };
    private readonly SimdTrainingEngine _simd = new();
    private readonly TorchTrainingEngine _torch = new();
    private float[] _batch = [];
    private TrainingState? _state;

    public static IEnumerable<(Network Network, int Rows)> Cases =>
        [(Network.Stream9, 128), (Network.Stream38, 128), (Network.Small, 64), (Network.Kdd, 256), (Network.Kdd, 1024)];

    [ParamsSource(nameof(Cases))]
    public (Network Network, int Rows) Case { get; set; }

    [GlobalSetup]
    public void Initialize()
    {
        var spec = Case.Network.Spec();
        _state = WeightInitializer.Create(new ParameterLayout(spec), 1);
        _batch = Data.Rows(Case.Rows, spec.Features);
    }

    [Benchmark(Baseline = true)]
    public void Simd() => _simd.Step(_state!, _batch, Case.Rows, _options);

    [Benchmark]
    public void Torch() => _torch.Step(_state!, _batch, Case.Rows, _options);
}
