using System.Text.Json;
using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Cli.SelfCheck;

/// <summary>The golden files without a network: energies of a frozen mixture far out, and statistics merged from shards.</summary>
internal static class FrozenChecks
{
    private const double Tolerance = 1e-9;

    /// <summary>Checks a file by its keys.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The result.</returns>
    /// <exception cref="InvalidDataException">The file has neither format.</exception>
    public static SelfCheckCase Run(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var (root, name) = (document.RootElement, Path.GetFileNameWithoutExtension(path));
        try
        {
            if (root.TryGetProperty("distance", out _)) return FarOutliers(root, name);
            if (root.TryGetProperty("shards", out _)) return Shards(root, name);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or ArgumentException or FormatException)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }

        throw new InvalidDataException($"{path}: neither a network, nor a frozen mixture (distance), nor shards");
    }

    private static SelfCheckCase FarOutliers(JsonElement root, string name)
    {
        var (shares, means, covariances) = (Values(root, "phi"), Values(root, "mu"), Values(root, "sigma"));
        var (z, expected, d) = (Values(root, "z"), Values(root, "energy"), means.Length / shares.Length);
        var mixture = Mixture.Create(Array.ConvertAll(shares, Math.Log), means, covariances, d, out _);
        if (mixture is null) return new SelfCheckCase(name, "scorer", "double", null, null, null, false);
        var (error, grows, last, scratch) = (0.0, true, double.NegativeInfinity, new double[mixture.ScratchLength]);
        for (var i = 0; i < expected.Length; i++)
        {
            var energy = mixture.Energy(z.AsSpan(i * d, d), scratch);
            error = Math.Max(error, Math.Abs(energy - expected[i]) / Math.Max(1, Math.Abs(expected[i])));
            // A bounded energy would stop growing: the test of the log-sum-exp.
            grows &= energy > last;
            last = energy;
        }

        return new SelfCheckCase(name, "scorer", "double", error, null, null, grows && error <= Tolerance);
    }

    private static SelfCheckCase Shards(JsonElement root, string name)
    {
        var (z, memberships) = (Values(root, "z"), Array.ConvertAll(Values(root, "gamma"), Math.Log));
        var (d, k) = (root.GetProperty("z")[0].GetArrayLength(), root.GetProperty("gamma")[0].GetArrayLength());
        var merged = MixtureStatistics.Identity(k, d);
        foreach (var shard in root.GetProperty("shards").EnumerateArray())
        {
            var (from, to) = (shard.GetProperty("rows")[0].GetInt32(), shard.GetProperty("rows")[1].GetInt32());
            var part = MixtureStatistics.Of(
                z.AsSpan(from * d, (to - from) * d), memberships.AsSpan(from * k, (to - from) * k), to - from, k, d);
            merged = MixtureStatistics.Merge(merged, part);
        }

        var (total, shares) = (0.0, new double[k]);
        for (var c = 0; c < k; c++) total += shares[c] = Math.Exp(merged.LogWeights[c]);
        for (var c = 0; c < k; c++) shares[c] /= total;
        var error = Math.Max(Largest(shares, Values(root, "phi")), Largest(merged.Means, Values(root, "mu")));
        error = Math.Max(error, Largest(merged.Covariances, Values(root, "sigma")));
        return new SelfCheckCase(name, "statistics", "double", null, error, null, error <= Tolerance);
    }

    private static double Largest(ReadOnlySpan<double> got, double[] expected)
    {
        if (got.Length != expected.Length) return double.PositiveInfinity;
        var (scale, error) = (expected.Max(Math.Abs), 0.0);
        for (var i = 0; i < expected.Length; i++) error = Math.Max(error, Math.Abs(got[i] - expected[i]) / scale);
        return error;
    }

    private static double[] Values(JsonElement root, string key) => [.. Flatten(root.GetProperty(key))];

    private static IEnumerable<double> Flatten(JsonElement element) => element.ValueKind == JsonValueKind.Array
        ? element.EnumerateArray().SelectMany(Flatten) : [element.GetDouble()];
}
