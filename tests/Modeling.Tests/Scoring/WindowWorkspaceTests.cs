using DagmmStream.Modeling.Network;
using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Modeling.Tests.Scoring;

public sealed class WindowWorkspaceTests
{
    // More than one tile, and a tile that is not full.
    private const int Count = 517;

    public static TheoryData<string> Models => ["stream", "wide", "lite", "paper", "many"];

    [Theory]
    [MemberData(nameof(Models))]
    public void Respond_EveryRow_AgreesWithThePlainForwardPass(string model)
    {
        var (spec, snapshot) = Published(model);
        var window = new WindowWorkspace();
        var rows = TestModels.Rows(Count, spec.Features, 9);
        Prepare(window, snapshot, rows);
        var scaled = Scaled(snapshot, rows);
        var network = new MemberNetwork<float>(snapshot.Layout);
        for (var m = 0; m < spec.Members.Length; m++)
        {
            Respond(window, snapshot, m);
            var (member, z) = (snapshot.Members[m], new double[spec.LatentDimension]);
            var scratch = new double[member.Mixture.ScratchLength];
            for (var i = 0; i < Count; i++)
            {
                network.Encode(Weights(snapshot, m), spec.Members[m], scaled.AsSpan(i * spec.Features, spec.Features), z);
                for (var j = 0; j < z.Length; j++) z[j] = (z[j] - member.LatentMean[j]) / member.LatentDeviation[j];
                AssertClose(member.Mixture.Energy(z, scratch), window.Energies[i], 1e-3);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void Statistics_OfTheWindow_AreThoseOfItsRows(double trimmed)
    {
        var (spec, snapshot) = Published("stream");
        var window = new WindowWorkspace();
        var rows = TestModels.Rows(Count, spec.Features, 9);
        Prepare(window, snapshot, rows);
        var scaled = Scaled(snapshot, rows);
        Respond(window, snapshot, 0);
        window.Trim(trimmed);
        var (d, k) = (spec.LatentDimension, spec.Components);
        var (z, logs) = (new double[Count * d], new double[Count * k]);
        var limit = trimmed > 0 ? Quantile.Of(window.Energies, 1 - trimmed) : double.PositiveInfinity;
        var (network, member, joint) = (new MemberNetwork<float>(snapshot.Layout), snapshot.Members[0], new double[k]);
        for (var i = 0; i < Count; i++)
        {
            var own = z.AsSpan(i * d, d);
            network.Encode(Weights(snapshot, 0), spec.Members[0], scaled.AsSpan(i * spec.Features, spec.Features), own);
            for (var j = 0; j < d; j++) own[j] = (own[j] - member.LatentMean[j]) / member.LatentDeviation[j];
            member.Mixture.LogJoint(own, joint, new double[d]);
            var isLeftOut = window.Energies[i] > limit;
            for (var c = 0; c < k; c++) logs[(i * k) + c] = isLeftOut ? double.NegativeInfinity : joint[c] + window.Energies[i];
        }

        var (expected, got) = (MixtureStatistics.Of(z, logs, Count, k, d), window.Statistics());
        Assert.Equal(expected.Rows, got.Rows);
        AssertClose(expected.LogWeights, got.LogWeights);
        AssertClose(expected.Means, got.Means);
        AssertClose(expected.Covariances, got.Covariances);
    }

    [Fact]
    public void OfUnsorted_AnyValues_IsTheQuantileOfSorted()
    {
        for (ulong trial = 0; trial < 200; trial++)
        {
            var random = new CounterRandom(trial, RandomPurpose.Sampling, 3);
            var values = new double[1 + random.NextInt32(300)];
            // Few different values, so that many are equal.
            foreach (ref var value in values.AsSpan()) value = random.NextInt32(trial % 2 == 0 ? 5 : 1_000_000);
            var share = random.NextDouble();
            Assert.Equal(Quantile.Of(values, share), Quantile.OfUnsorted([.. values], share));
            Assert.Equal(values.Max(), Quantile.OfUnsorted([.. values], 1));
        }
    }

    private static (ModelSpec Spec, ModelSnapshot Snapshot) Published(string model)
    {
        var spec = model switch
        {
            "stream" => ModelSpec.Stream(5),
            "wide" => ModelSpec.Stream(38),
            "lite" => ModelSpec.Lite(5),
            "many" => ModelSpec.Stream(4) with { Components = 11, EncoderHidden = [70, 20] },
            _ => ModelSpec.Paper(5),
        };
        var result = TestModels.Publish(spec, model == "paper" ? PublishOptions.Paper : PublishOptions.Lite);
        Assert.Null(result.FailureReason);
        return (spec, result.Snapshot!);
    }

    private static void Prepare(WindowWorkspace window, ModelSnapshot snapshot, float[] rows) =>
        window.Prepare(snapshot.Layout, snapshot.Scaler, rows, Count);

    private static float[] Scaled(ModelSnapshot snapshot, float[] rows)
    {
        var (features, scaled) = (snapshot.Layout.Spec.Features, new float[rows.Length]);
        for (var i = 0; i < Count; i++)
            snapshot.Scaler.Transform(rows.AsSpan(i * features, features), scaled.AsSpan(i * features, features));
        return scaled;
    }

    private static void Respond(WindowWorkspace window, ModelSnapshot snapshot, int index)
    {
        var (spec, member) = (snapshot.Layout.Spec, snapshot.Members[index]);
        window.Encode(new MemberNetworkKernel(snapshot.Layout, index, Weights(snapshot, index)));
        if (spec.StandardizeLatent) window.Standardize(member.LatentMean, member.LatentDeviation);
        window.Respond(member.Mixture);
    }

    private static ReadOnlySpan<float> Weights(ModelSnapshot snapshot, int member) =>
        snapshot.Weights.Span.Slice(member * snapshot.Layout.MemberLength, snapshot.Layout.MemberLength);

    private static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<double> got)
    {
        Assert.Equal(expected.Length, got.Length);
        for (var i = 0; i < expected.Length; i++) AssertClose(expected[i], got[i], 1e-3);
    }

    private static void AssertClose(double expected, double got, double tolerance) =>
        Assert.True(Math.Abs(expected - got) <= tolerance * Math.Max(1, Math.Abs(expected)), $"{got}, expected {expected}");
}
