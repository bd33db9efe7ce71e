namespace DagmmStream;

/// <summary>What may change about a stream after it was created: how verdicts follow from scores. What is null stays as it is.</summary>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.stream-policy")]
public sealed record StreamPolicy
{
    /// <summary>A new <see cref="StreamDefinition.AlarmRate"/>; null keeps the one there is.</summary>
    [Id(0)]
    public double? AlarmRate { get; init; }

    /// <summary>A new <see cref="StreamDefinition.Decision"/>, as a whole; null keeps the one there is.</summary>
    [Id(1)]
    public DecisionPolicy? Decision { get; init; }

    /// <summary>A stream under this policy.</summary>
    /// <param name="definition">The stream.</param>
    /// <returns>The stream with what is not null here in place of what it has.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidDefinition"/>.</exception>
    public StreamDefinition ApplyTo(StreamDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var changed = definition with { AlarmRate = AlarmRate ?? definition.AlarmRate, Decision = Decision ?? definition.Decision };
        changed.Validate();
        return changed;
    }
}
