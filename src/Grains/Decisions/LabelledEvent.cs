namespace DagmmStream.Grains.Decisions;

/// <summary>A label with what the model was given for its event.</summary>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.labelled-event")]
public sealed record LabelledEvent
{
    /// <summary>Offset of the event.</summary>
    [Id(0)]
    public required long Offset { get; init; }

    /// <summary>Event time, microseconds since 1970-01-01 UTC.</summary>
    [Id(1)]
    public required long Time { get; init; }

    /// <summary>What a person says.</summary>
    [Id(2)]
    public required FeedbackLabel Label { get; init; }

    /// <summary>p-value of the event when it was labelled.</summary>
    [Id(3)]
    public required double PValue { get; init; }

    /// <summary>The model's input [d].</summary>
    [Id(4)]
    public required float[] Row { get; init; }
}
