using System.Globalization;
using System.IO.Compression;
using CsvHelper;
using CsvHelper.Configuration;
using DagmmStream.Cli.Csv;

namespace DagmmStream.Cli.Evaluation;

/// <summary>
/// Reads the published data sets. CSV: header, feature columns, the last column is the label (1 = anomaly); .gz is read as gzip.
/// </summary>
internal static class LabelledDataReader
{
    public const string KddCup = "kddcup";
    public const string Thyroid = "thyroid";
    public const string Arrhythmia = "arrhythmia";

    // Zong et al. 2018, section 4.2: the share of anomalies in each set, known in advance.
    private const double KddShare = 0.20;
    private const double ThyroidShare = 0.025;
    private const double ArrhythmiaShare = 0.15;
    private const int KddColumns = 42;
    private static readonly int[] KddCategories = [1, 2, 3, 6, 11, 20, 21];

    public static LabelledData Read(string data, string path) => data switch
    {
        KddCup => ReadKdd(path),
        Thyroid => ReadCsv(path, data, ThyroidShare),
        Arrhythmia => ReadCsv(path, data, ArrhythmiaShare),
        _ => ReadCsv(path, data, null),
    };

    private static LabelledData ReadCsv(string path, string name, double? share)
    {
        using var parser = Open(path);
        var (rows, anomalies, columns) = (new List<float>(), new List<bool>(), 0);
        if (parser.Read()) columns = parser.Count;
        if (columns < 2) throw new CsvFormatException($"{path}: needs a header, feature columns and a last column with the label");
        while (parser.Read())
        {
            Require(parser, path, columns);
            for (var j = 0; j < columns - 1; j++) rows.Add(Number(parser, path, j));
            anomalies.Add(Number(parser, path, columns - 1) > 0.5);
        }

        if (anomalies.Count < 8) throw new CsvFormatException($"{path}: {anomalies.Count} rows; at least 8 are needed");
        return new LabelledData(
            name, columns - 1, [.. rows], [.. anomalies], share ?? anomalies.Count(anomaly => anomaly) / (double)anomalies.Count);
    }

    /// <summary>KDD Cup 99, no header: continuous columns, then one per value of each categorical one; "normal." is the anomaly.</summary>
    private static LabelledData ReadKdd(string path)
    {
        using var parser = Open(path);
        var continuous = Enumerable.Range(0, KddColumns - 1).Except(KddCategories).ToArray();
        var (numbers, codes, anomalies) = (new List<float>(), new List<int>(), new List<bool>());
        var values = KddCategories.Select(_ => new Dictionary<string, int>(StringComparer.Ordinal)).ToArray();
        while (parser.Read())
        {
            Require(parser, path, KddColumns);
            foreach (var column in continuous) numbers.Add(Number(parser, path, column));
            for (var c = 0; c < KddCategories.Length; c++)
            {
                var text = parser[KddCategories[c]];
                if (!values[c].TryGetValue(text, out var code)) values[c][text] = code = values[c].Count;
                codes.Add(code);
            }

            anomalies.Add(parser[KddColumns - 1] == "normal.");
        }

        // A category with one value is constant and says nothing: without is_host_login there are the paper's 120 features.
        var offsets = new int[values.Length];
        var features = continuous.Length;
        for (var c = 0; c < values.Length; c++)
        {
            offsets[c] = values[c].Count > 1 ? features : -1;
            if (values[c].Count > 1) features += values[c].Count;
        }

        var rows = new float[anomalies.Count * features];
        for (var i = 0; i < anomalies.Count; i++)
        {
            var row = rows.AsSpan(i * features, features);
            for (var j = 0; j < continuous.Length; j++) row[j] = numbers[(i * continuous.Length) + j];
            for (var c = 0; c < values.Length; c++)
                if (offsets[c] >= 0) row[offsets[c] + codes[(i * values.Length) + c]] = 1;
        }

        return new LabelledData(KddCup, features, rows, [.. anomalies], KddShare);
    }

    private static CsvParser Open(string path)
    {
        Stream stream = File.OpenRead(path);
        if (path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)) stream = new GZipStream(stream, CompressionMode.Decompress);
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture) { TrimOptions = TrimOptions.Trim };
        return new CsvParser(new StreamReader(stream), configuration);
    }

    private static void Require(CsvParser parser, string path, int columns)
    {
        if (parser.Count != columns)
            throw new CsvFormatException($"{path}: line {parser.RawRow}: {parser.Count} columns, expected {columns}");
    }

    private static float Number(CsvParser parser, string path, int column) =>
        float.TryParse(parser[column], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite(value) ? value
            : throw new CsvFormatException(
                $"{path}: line {parser.RawRow}, column {column + 1}: \"{parser[column]}\" is not a finite number");
}
