using System.Globalization;
using System.Text.Json;
using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Conformance;

/// <summary>Reads the JSON of golden vectors; non-finite numbers are the strings "inf", "-inf" and "nan".</summary>
internal static class GoldenReader
{
    private static readonly string[] Networks = ["enc", "dec", "est"];

    public static GoldenCase Read(JsonElement root, string name)
    {
        var weights = Get(root, "weights", name);
        var widths = Networks.ToDictionary(network => network, network => Widths(Get(weights, network, name), name));
        var batch = Get(root, "x", name);
        var spec = Spec(Get(root, "config", name), widths, name);
        var layout = new ParameterLayout(spec);
        var expected = Get(root, "expected", name);
        var single = Get(root, "float32", name);
        var rows = batch.GetArrayLength();
        return new GoldenCase
        {
            Name = name,
            Spec = spec,
            Rows = rows,
            Batch = Flat(batch, rows * spec.Features, name, "x"),
            DropoutMask = root.TryGetProperty("dropout_mask", out var mask) && mask.ValueKind == JsonValueKind.Array
                ? Flat(mask, rows * spec.EstimationHidden[^1], name, "dropout_mask") : [],
            Weights = FlatWeights(weights, layout, name),
            Gradient = FlatGradients(Get(root, "gradients", name), layout, name),
            Expected = Expectation(expected, spec, rows, name),
            SingleObjective = Number(Get(single, "J", name)),
            SingleEnergies = Flat(Get(single, "energy", name), rows, name, "float32.energy"),
            SingleGradientError = Number(Get(single, "max_grad_diff_over_max_grad", name)),
        };
    }

    /// <summary>All numbers of nested arrays, in order.</summary>
    public static double[] Flat(JsonElement element)
    {
        var values = new List<double>();
        Collect(element, values);
        return [.. values];
    }

    public static double Number(JsonElement element) => element.ValueKind == JsonValueKind.String
        ? element.GetString() switch
        {
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            "nan" => double.NaN,
            var text => throw new InvalidDataException($"\"{text}\" is not a number"),
        }
        : element.GetDouble();

    private static GoldenExpectation Expectation(JsonElement expected, ModelSpec spec, int rows, string name)
    {
        var (k, dimension) = (spec.Components, spec.LatentDimension);
        double[] Values(string key, int length) => Flat(Get(expected, key, name), length, name, key);
        return new GoldenExpectation
        {
            Latent = Values("z", rows * dimension),
            LogMemberships = Values("log_gamma", rows * k),
            LogShares = Values("log_phi", k),
            Means = Values("mu", k * dimension),
            Covariances = Values("sigma_eps", k * dimension * dimension),
            Energies = Values("energy", rows),
            Reconstruction = Number(Get(expected, "recon_mean", name)),
            Energy = Number(Get(expected, "energy_mean", name)),
            Penalty = Number(Get(expected, "penalty", name)),
            Objective = Number(Get(expected, "J", name)),
        };
    }

    private static ModelSpec Spec(JsonElement config, Dictionary<string, int[]> widths, string name)
    {
        var (encoder, decoder, estimation) = (widths["enc"], widths["dec"], widths["est"]);
        if (!decoder.AsEnumerable().Reverse().SequenceEqual(encoder))
        {
            throw new InvalidDataException(
                $"{name}: the decoder {string.Join('-', decoder)} does not mirror the encoder {string.Join('-', encoder)}");
        }

        var spec = new ModelSpec
        {
            Features = encoder[0],
            EncoderHidden = [.. encoder[1..^1]],
            Latent = encoder[^1],
            EstimationHidden = [.. estimation[1..^1]],
            Components = estimation[^1],
            DropoutKeep = Number(Get(config, "keep", name)),
            CovarianceEpsilon = Number(Get(config, "eps_cov", name)),
            NormEpsilon = Number(Get(config, "eps_norm", name)),
            ReconstructionLoss = Get(config, "recon", name).GetString() switch
            {
                "sum" => ReconstructionLoss.Sum,
                "mse" => ReconstructionLoss.Mean,
                var other => throw new InvalidDataException($"{name}: config.recon is \"{other}\"; expected \"sum\" or \"mse\""),
            },
            Members =
            [
                new MemberSpec
                {
                    EnergyWeight = Number(Get(config, "lambda1", name)), PenaltyWeight = Number(Get(config, "lambda2", name)),
                },
            ],
        };
        return estimation[0] == spec.LatentDimension ? spec : throw new InvalidDataException(
            $"{name}: the estimation network takes {estimation[0]} inputs; z has {spec.LatentDimension} dimensions");
    }

    private static int[] Widths(JsonElement layers, string name)
    {
        var widths = new List<int>();
        foreach (var layer in layers.EnumerateArray())
        {
            var matrix = Get(layer, "w", name);
            if (widths.Count == 0) widths.Add(matrix[0].GetArrayLength());
            else if (widths[^1] != matrix[0].GetArrayLength())
                throw new InvalidDataException($"{name}: a layer of {widths[^1]} outputs feeds one of {matrix[0].GetArrayLength()} inputs");
            widths.Add(matrix.GetArrayLength());
        }

        return widths.Count > 1 ? [.. widths] : throw new InvalidDataException($"{name}: a network has no layers");
    }

    private static double[] FlatWeights(JsonElement weights, ParameterLayout layout, string name) => Blocks(layout, name, block =>
    {
        var part = block.Split('.');
        return Get(Get(weights, part[0], name)[int.Parse(part[1], CultureInfo.InvariantCulture)], part[2], name);
    });

    private static double[] FlatGradients(JsonElement gradients, ParameterLayout layout, string name) =>
        Blocks(layout, name, block => Get(gradients, block, name));

    private static double[] Blocks(ParameterLayout layout, string name, Func<string, JsonElement> find)
    {
        var flat = new double[layout.Length];
        foreach (var block in layout.Blocks) Flat(find(block.Name), block.Length, name, block.Name).CopyTo(flat, block.Offset);
        return flat;
    }

    private static double[] Flat(JsonElement element, int length, string name, string key)
    {
        var values = Flat(element);
        return values.Length == length
            ? values
            : throw new InvalidDataException($"{name}: {key} has {values.Length} values; expected {length}");
    }

    private static void Collect(JsonElement element, List<double> values)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            values.Add(Number(element));
            return;
        }

        foreach (var item in element.EnumerateArray()) Collect(item, values);
    }

    private static JsonElement Get(JsonElement element, string key, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value)
            ? value : throw new InvalidDataException($"{name}: \"{key}\" is missing");
}
