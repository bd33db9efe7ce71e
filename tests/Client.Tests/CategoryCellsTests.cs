using DagmmStream.Client.Producing;

namespace DagmmStream.Client.Tests;

public class CategoryCellsTests
{
    private static readonly StreamDefinition Definition = new()
    {
        Name = "s",
        Features = ["a", "x", "b"],
        Inputs = new InputDefinition
        {
            Types =
            [
                new FeatureType { Feature = "a", Kind = FeatureKind.Categorical },
                new FeatureType { Feature = "b", Kind = FeatureKind.Categorical, Missing = MissingPolicy.Last },
            ],
        },
    };

    [Fact]
    public void Write_SeveralEvents_ShareNamesAndMarkMissingOnes()
    {
        var cells = new CategoryCells(Definition);
        var rows = new float[9];
        cells.Write(["tcp", "udp"], rows.AsSpan(0, 3));
        cells.Write(["udp", null], rows.AsSpan(3, 3));
        cells.Write([], rows.AsSpan(6, 3));
        Assert.Equal([0, 0, 1, 1, 0, float.NaN, float.NaN, 0, float.NaN], rows);
        Assert.Equal(["tcp", "udp"], cells.Names);
    }

    [Fact]
    public void ThrowIfInvalid_CategoriesThatDoNotFit_NameFeatureAndRemedy()
    {
        EventCheck.ThrowIfInvalid(Definition, Event("tcp"));
        EventCheck.ThrowIfInvalid(Definition, Event("tcp", "udp"));
        AssertInvalid(Event(null, "udp"), "\"a\" (position 0)");
        AssertInvalid(Event(), "name one in Categories");
        AssertInvalid(Event(""), "0 characters");
        AssertInvalid(Event("a", "b", "c"), "3 categories");
    }

    private static StreamEvent Event(params string?[] categories) =>
        new(DateTimeOffset.UnixEpoch, new float[3]) { Categories = categories };

    private static void AssertInvalid(StreamEvent item, string message) => Assert.Contains(
        message, Assert.Throws<DagmmStreamException>(() => EventCheck.ThrowIfInvalid(Definition, item)).Message, StringComparison.Ordinal);
}
