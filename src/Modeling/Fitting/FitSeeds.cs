using DagmmStream.Modeling.Randomness;

namespace DagmmStream.Modeling.Fitting;

/// <summary>Random streams of the offline fit: of one seed, one member and one use each.</summary>
internal static class FitSeeds
{
    private const int MemberShift = 8;
    // Beyond any number of reconstruction steps.
    private const ulong EstimationSteps = 1UL << 40;

    public static CounterRandom Rows(ulong seed, int member) => new(seed, Purpose(RandomPurpose.Sampling, member), 0);

    public static CounterRandom Weights(ulong seed, int member) => new(seed, Purpose(RandomPurpose.Weights, member), 0);

    public static CounterRandom EstimationWeights(ulong seed, int member) => new(seed, Purpose(RandomPurpose.Weights, member), 1);

    public static CounterRandom Start(ulong seed, int member, int components) =>
        new(seed, Purpose(RandomPurpose.Sampling, member), 1 + (ulong)components);

    public static CounterRandom Batch(ulong seed, int member, int step) => new(seed, Purpose(RandomPurpose.Batch, member), (ulong)step);

    public static CounterRandom EstimationBatch(ulong seed, int member, int step) =>
        new(seed, Purpose(RandomPurpose.Batch, member), EstimationSteps + (ulong)step);

    private static uint Purpose(RandomPurpose purpose, int member) => (uint)purpose | ((uint)member << MemberShift);
}
