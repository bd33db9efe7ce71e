using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Grains.Explanations;

/// <summary>Computes the codes of events under one member of a snapshot.</summary>
internal static class LatentReader
{
    /// <summary>Reads the member's mixture and the codes of events.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="member">The member.</param>
    /// <param name="events">Offset, verdict and model input of the events, oldest first.</param>
    public static LatentSpace Read(
        PartitionId partition, ModelSnapshot snapshot, int member, IReadOnlyList<(long Offset, Verdict Verdict, float[] Row)> events)
    {
        var spec = snapshot.Layout.Spec;
        var mixture = snapshot.Members[member].Mixture;
        var codes = new float[events.Count * mixture.Dimension];
        var (buffers, scaled) = (new EventBuffers(spec), new float[spec.Features]);
        for (var i = 0; i < events.Count; i++)
        {
            snapshot.Scaler.Transform(events[i].Row, scaled);
            snapshot.Kernels[member].Energy(scaled, buffers);
            for (var j = 0; j < mixture.Dimension; j++) codes[(i * mixture.Dimension) + j] = (float)buffers.Mixture[j];
        }

        return new LatentSpace
        {
            Partition = partition,
            Version = snapshot.Version,
            Member = member,
            Members = spec.Members.Length,
            Dimension = mixture.Dimension,
            Latent = spec.Latent,
            Shares = [.. Shares(mixture)],
            Means = [.. mixture.Means],
            Covariances = [.. Covariances(mixture)],
            Offsets = [.. events.Select(one => one.Offset)],
            Verdicts = [.. events.Select(one => one.Verdict)],
            Codes = [.. codes],
        };
    }

    /// <summary>What there is before a first snapshot: nothing.</summary>
    public static LatentSpace Empty(PartitionId partition) => new()
    {
        Partition = partition,
        Version = 0,
        Member = 0,
        Members = 0,
        Dimension = 0,
        Latent = 0,
        Shares = [],
        Means = [],
        Covariances = [],
        Offsets = [],
        Verdicts = [],
        Codes = [],
    };

    private static double[] Shares(Mixture mixture)
    {
        var shares = new double[mixture.Components];
        for (var k = 0; k < shares.Length; k++) shares[k] = Math.Exp(mixture.LogShares[k]);
        return shares;
    }

    private static double[] Covariances(Mixture mixture)
    {
        var size = mixture.Dimension * mixture.Dimension;
        var covariances = new double[mixture.Components * size];
        for (var k = 0; k < mixture.Components; k++) mixture.Factors[k].Reconstruct(covariances.AsSpan(k * size, size));
        return covariances;
    }
}
