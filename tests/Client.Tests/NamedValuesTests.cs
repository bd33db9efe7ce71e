namespace DagmmStream.Client.Tests;

public class NamedValuesTests
{
    private static readonly StreamDefinition Definition = new()
    {
        Name = "s",
        Features = ["load", "protocol", "login"],
        Inputs = new InputDefinition
        {
            Types =
            [
                new FeatureType { Feature = "protocol", Kind = FeatureKind.Categorical, Missing = MissingPolicy.Mean },
                new FeatureType { Feature = "login", Kind = FeatureKind.Boolean },
            ],
        },
    };

    [Fact]
    public void ToEvent_ValuesByName_StandInTheirPlaces()
    {
        var item = NamedValues.ToEvent(Definition, DateTimeOffset.UnixEpoch, new Dictionary<string, object?>
        {
            ["login"] = true, ["protocol"] = "tcp", ["load"] = 2,
        });
        Assert.Equal([2, float.NaN, 1], item.Features.ToArray());
        Assert.Equal(["tcp"], item.Categories.ToArray());
        var empty = NamedValues.ToEvent(Definition, DateTimeOffset.UnixEpoch, new Dictionary<string, object?>());
        Assert.All(empty.Features.ToArray(), value => Assert.True(float.IsNaN(value)));
        Assert.Equal([null], empty.Categories.ToArray());
    }

    [Theory]
    [InlineData("protocol", 3, "send a text")]
    [InlineData("load", "high", "\"high\" is neither")]
    [InlineData("lod", 3, "no feature \"lod\"")]
    public void ToEvent_WrongNameOrKind_SaysSo(string name, object value, string message)
    {
        var exception = Assert.Throws<DagmmStreamException>(() => NamedValues.ToEvent(
            Definition, DateTimeOffset.UnixEpoch, new Dictionary<string, object?> { [name] = value }));
        Assert.Equal(ErrorCode.InvalidEvent, exception.Code);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }
}
