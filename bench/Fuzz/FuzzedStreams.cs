namespace DagmmStream.Bench.Fuzz;

/// <summary>The streams whose events are decoded: one of numbers, one of every type.</summary>
internal static class FuzzedStreams
{
    public static StreamDefinition Plain { get; } = new() { Name = "plain", Features = ["a", "b", "c"] };

    public static StreamDefinition[] All { get; } =
    [
        Plain,
        new()
        {
            Name = "typed",
            Features = ["a", "b", "c"],
            Inputs = new InputDefinition
            {
                Types =
                [
                    new FeatureType { Feature = "a", Missing = MissingPolicy.Mean },
                    new FeatureType { Feature = "b", Kind = FeatureKind.Boolean, Missing = MissingPolicy.Last },
                    new FeatureType { Feature = "c", Kind = FeatureKind.Categorical, Missing = MissingPolicy.Last },
                ],
            },
        },
    ];
}
