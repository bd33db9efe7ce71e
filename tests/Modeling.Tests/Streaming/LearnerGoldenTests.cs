using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Modeling.Tests.Streaming;

public class LearnerGoldenTests
{
    private static readonly LearnerOptions Options = LearnerOptions.Stream with
    {
        ChunkSize = 16, WarmUp = 32, WarmUpSteps = 8, WarmUpRows = 16, StepRows = 8, ReplayRows = 8, WindowCapacity = 48,
        PublishInterval = 16, QuarantineCapacity = 8, RepeatCount = 16, CalibrationCount = 64, CalibrationMinimum = 16,
    };

    // Written by format version 1, which kept recent scores one by one; never changed.
    [Fact]
    public void Read_LearnerOfVersion1_GoesOnAndIsWrittenInTheNewestForm()
    {
        var bytes = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "learner-v1.bin"));
        var reader = CheckpointReader.Open(bytes, out var header);
        var learner = StreamLearner.Read(reader, ModelSpec.Lite(2), Options, new SimdTrainingEngine());
        reader.End();
        Assert.Equal((1, 25L, 192L), (header.Version, learner.Steps, learner.Counters.Seen));
        // The p-value that version 1 gave, read from 64 scores: 0.1538; equal scores now count half.
        Assert.Equal(0.1538, learner.Snapshot!.Calibration.PValue(1), 0.02);
        var copy = Copy(learner);
        foreach (var one in new[] { learner, copy })
        {
            var random = new CounterRandom(7, RandomPurpose.Sampling, 2);
            var rows = new float[32];
            for (var chunk = 0; chunk < 4; chunk++)
            {
                for (var i = 0; i < rows.Length; i++) rows[i] = (float)random.NextGaussian();
                one.Learn(rows, 16);
            }
        }

        Assert.True(learner.Counters.Published > 6);
        Assert.Equal(Bytes(learner), Bytes(copy));
    }

    private static StreamLearner Copy(StreamLearner learner) =>
        StreamLearner.Read(new CheckpointReader(Bytes(learner)), learner.Spec, Options, new SimdTrainingEngine());

    private static byte[] Bytes(StreamLearner learner)
    {
        var writer = new CheckpointWriter();
        learner.Write(writer);
        return writer.ToArray();
    }
}
