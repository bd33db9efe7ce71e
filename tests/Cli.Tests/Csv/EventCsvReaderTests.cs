using System.IO.Compression;
using DagmmStream.Cli.Csv;

namespace DagmmStream.Cli.Tests.Csv;

public sealed class EventCsvReaderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<BadLine> _bad = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TryRead_HeaderAndQuotes_GivesFeaturesAndLabels()
    {
        var (schema, rows) = Read("\"a\",\"b,c\",label\n1,2.5,0\n\"3\",-4e1,1\n", new CsvOptions { LabelColumn = "label" });
        Assert.Equal(["a", "b,c"], schema.Features);
        Assert.Equal([1f, 2.5f], rows[0].Features);
        Assert.Equal([3f, -40f], rows[1].Features);
        Assert.Equal([false, true], rows.Select(row => row.IsAnomaly));
        Assert.Equal(TimeSpan.FromSeconds(1), rows[1].Time - rows[0].Time);
    }

    [Fact]
    public void TryRead_Gzip_ReadsTheSame()
    {
        var path = _folder.File("events.csv.gz");
        using (var writer = new StreamWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest))) writer.Write("a\n7\n");
        using var reader = EventCsvReader.Open(path, new CsvOptions(), _bad.Add);
        Assert.True(reader.TryRead(out var row));
        Assert.Equal([7f], row.Features);
        Assert.False(reader.TryRead(out _));
    }

    [Theory]
    [InlineData("1", "2 columns, expected 3", "9,9")]
    [InlineData("2", "column b: \"x\" is not a number", "1,x,0")]
    [InlineData("3", "column a: \"NaN\" is not a finite", "NaN,1,0")]
    [InlineData("4", "column a: \"1e39\" is not a finite", "1e39,1,0")]
    [InlineData("5", "column b: \"\" is not a number", "1,,0")]
    [InlineData("6", "label column: \"?\" is not a number", "1,1,?")]
    public void TryRead_BadLine_IsReportedAndLeftOut(string name, string reason, string line)
    {
        var (_, rows) = Read($"a,b,label\n1,1,0\n{line}\n2,2,1\n", new CsvOptions { LabelColumn = "label" }, name);
        Assert.Equal([1f, 2f], rows.Select(row => row.Features[0]));
        var bad = Assert.Single(_bad);
        Assert.Equal(3, bad.Line);
        Assert.Contains(reason, bad.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_BadLine_DoesNotMoveTheTimesOfLaterRows()
    {
        var (_, rows) = Read("a\n1\nx\n2\n", new CsvOptions());
        Assert.Equal(TimeSpan.FromSeconds(2), rows[1].Time - rows[0].Time);
    }

    [Fact]
    public void TryRead_NoHeaderAndTextColumns_DropsThemByNameAndReadsTheLabelByText()
    {
        var options = new CsvOptions { HasHeader = false, LabelColumn = "3", AnomalyLabel = "normal." };
        var (schema, rows) = Read("0,tcp,181,normal.\n5,udp,3,smurf.\n", options);
        Assert.Equal(["c0", "c2"], schema.Features);
        Assert.Equal(["c1"], schema.Dropped);
        Assert.Equal([true, false], rows.Select(row => row.IsAnomaly));
    }

    [Fact]
    public void TryRead_ChosenColumns_KeepTheirOrder()
    {
        var (schema, rows) = Read("a,b,c\n1,2,3\n", new CsvOptions { Columns = ["c", "0"] });
        Assert.Equal(["c", "a"], schema.Features);
        Assert.Equal([3f, 1f], rows[0].Features);
    }

    [Fact]
    public void TryRead_TimeColumn_ReadsIsoAndUnixSeconds()
    {
        var (schema, rows) = Read("t,a\n2020-01-02T03:04:05Z,1\n1577934245,2\n", new CsvOptions { TimeColumn = "t" });
        Assert.Equal(["a"], schema.Features);
        Assert.Equal(new DateTimeOffset(2020, 1, 2, 3, 4, 5, TimeSpan.Zero), rows[0].Time);
        Assert.Equal(rows[0].Time, rows[1].Time);
    }

    [Theory]
    [InlineData("", null, "the file is empty")]
    [InlineData("a,b\n", null, "a header and no data")]
    [InlineData("a,b\n1,2\n", "missing", "--label-column \"missing\": no such column; the file has a, b")]
    [InlineData("a,b\nx,y\n", null, "no numeric column among a, b")]
    public void Open_UnusableFile_SaysWhy(string content, string? label, string message)
    {
        var exception = Assert.Throws<CsvFormatException>(() => Read(content, new CsvOptions { LabelColumn = label }));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    private (CsvSchema Schema, List<CsvRow> Rows) Read(string content, CsvOptions options, string name = "events")
    {
        using var reader = EventCsvReader.Open(_folder.Write(name + ".csv", content), options, _bad.Add);
        var rows = new List<CsvRow>();
        while (reader.TryRead(out var row)) rows.Add(row);
        Assert.Equal(_bad.Count, reader.BadLines);
        return (reader.Schema, rows);
    }
}
