using DagmmStream.Cli.Csv;
using DagmmStream.Modeling.Randomness;

namespace DagmmStream.Cli.Evaluation;

/// <summary>Labelled files as streams: the order of the rows, shingles, and the events before which nothing is judged.</summary>
internal static class PrequentialData
{
    // The permutation is part of the protocol: the same for every file of a length, every seed and every machine.
    private const ulong PermutationSeed = 20_180_430;
    private const int SmallestWarmUp = 256;

    /// <summary>Reads a file as the options say.</summary>
    /// <param name="path">CSV, or gzip by its name.</param>
    /// <param name="csv">How the file is read.</param>
    /// <param name="options">What becomes of the rows.</param>
    /// <param name="report">Receives every line that is left out.</param>
    /// <returns>The events in stream order.</returns>
    public static LabelledData Read(string path, CsvOptions csv, PrequentialOptions options, Action<BadLine> report)
    {
        using var reader = EventCsvReader.Open(path, csv, report);
        var (rows, anomalies) = (new List<float>(), new List<bool>());
        while (reader.TryRead(out var row))
        {
            rows.AddRange(row.Features);
            anomalies.Add(row.IsAnomaly);
        }

        var features = reader.Schema.Features.Length;
        return Arrange(new LabelledData(Path.GetFileName(path), features, [.. rows], [.. anomalies], 0), options);
    }

    /// <summary>Shuffles, cuts, shingles and reorders.</summary>
    public static LabelledData Arrange(LabelledData data, PrequentialOptions options)
    {
        if (options.Shuffle) data = Reorder(data, Permutation(data.Count));
        if (options.Rows > 0 && options.Rows < data.Count) data = Reorder(data, [.. Enumerable.Range(0, options.Rows)]);
        if (options.Shingle > 1) data = Shingle(data, options.Shingle);
        if (options.WarmUpLabelledNormal > 0) data = NormalFirst(data, options.WarmUpLabelledNormal);
        if (data.Count < 2 * SmallestWarmUp)
            throw new CsvFormatException($"{data.Name}: {data.Count} events; at least {2 * SmallestWarmUp} are needed");
        return data;
    }

    /// <summary>Events that are not judged: 256 or 10 %, whichever is more, but at most a third.</summary>
    public static int WarmUp(int count) => Math.Min(Math.Max(SmallestWarmUp, count / 10), count / 3);

    private static int[] Permutation(int count)
    {
        var random = new CounterRandom(PermutationSeed, RandomPurpose.Sampling, 0);
        var order = Enumerable.Range(0, count).ToArray();
        for (var i = count - 1; i > 0; i--)
        {
            var j = random.NextInt32(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    private static LabelledData Reorder(LabelledData data, int[] order) => data with
    {
        Rows = data.Select(order),
        Anomalies = Array.ConvertAll(order, i => data.Anomalies[i]),
    };

    private static LabelledData Shingle(LabelledData data, int length)
    {
        var (count, d) = (data.Count - length + 1, data.Features);
        if (count < 1) throw new CsvFormatException($"{data.Name}: {data.Count} rows are fewer than a shingle of {length}");
        var rows = new float[count * d * length];
        for (var i = 0; i < count; i++) data.Rows.AsSpan(i * d, d * length).CopyTo(rows.AsSpan(i * d * length));
        return data with { Features = d * length, Rows = rows, Anomalies = data.Anomalies[(length - 1)..] };
    }

    private static LabelledData NormalFirst(LabelledData data, int count)
    {
        var first = Enumerable.Range(0, data.Count).Where(i => !data.Anomalies[i]).Take(count).ToArray();
        if (first.Length < count)
        {
            throw new CsvFormatException(
                $"{data.Name}: {first.Length} rows are labelled normal; --warmup-labelled-normal asks for {count}");
        }

        var taken = first.ToHashSet();
        return Reorder(data, [.. first, .. Enumerable.Range(0, data.Count).Where(i => !taken.Contains(i))]);
    }
}
