using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Torch;
using DagmmStream.Modeling.Training;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Bench.Kernels;

/// <summary>One training step, managed beside Torch.</summary>
internal static class StepBench
{
    public static void Run(bool withTorch)
    {
        var small = ModelSpec.Paper(6, [12, 4], 1, 2);
        var kdd = ModelSpec.Paper(118, [60, 30, 10], 1, 4);
        Compare("step Stream(9), batch 128", ModelSpec.Stream(9), 128, 100, withTorch);
        Compare("step Stream(38), batch 128", ModelSpec.Stream(38), 128, 20, withTorch);
        Compare("step Paper small 6-12-4-1, batch 64", small, 64, 1000, withTorch);
        Compare("step KDD 120-60-30-10-1, batch 256", kdd, 256, 30, withTorch);
        Compare("step KDD 120-60-30-10-1, batch 1024", kdd, 1024, 10, withTorch);
    }

    private static void Compare(string what, ModelSpec spec, int rows, int calls, bool withTorch)
    {
        if (!Timing.Wants(what)) return;
        var managed = Time(new SimdTrainingEngine(), spec, rows, calls);
        Timing.Print(what, managed, withTorch ? Time(new TorchTrainingEngine(), spec, rows, Math.Max(1, calls / 20)) : null);
    }

    private static (double Best, double Median) Time(ITrainingEngine engine, ModelSpec spec, int rows, int calls)
    {
        var state = WeightInitializer.Create(new ParameterLayout(spec), 1);
        var batch = Data.Rows(rows, spec.Features);
        var options = new StepOptions { LearningRate = 1e-4 };
        return Timing.Measure(() => engine.Step(state, batch, rows, options), calls);
    }
}
