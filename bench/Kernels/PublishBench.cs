using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Bench.Kernels;

/// <summary>Publishing a snapshot of a window of 4,096 rows.</summary>
internal static class PublishBench
{
    private const int WindowRows = 4096;

    public static void Run()
    {
        foreach (var features in (int[])[9, 38])
        {
            if (!Timing.Wants($"publish Stream({features})")) continue;
            var layout = new ParameterLayout(ModelSpec.Stream(features));
            var (weights, rows) = (WeightInitializer.Create(layout, 1).Weights, Data.Rows(WindowRows, features));
            var options = new PublishOptions();
            var before = GC.GetAllocatedBytesForCurrentThread();
            SnapshotPublisher.Publish(layout, weights, rows, WindowRows, 1, options);
            var allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / 1024;
            var time = Timing.Measure(() => SnapshotPublisher.Publish(layout, weights, rows, WindowRows, 1, options), 1);
            Timing.Print($"publish Stream({features}), window 4096 ({allocated} KiB)", time);
        }
    }
}
