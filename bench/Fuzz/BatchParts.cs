namespace DagmmStream.Bench.Fuzz;

/// <summary>What a batch is made of; prints as such where it fails.</summary>
internal sealed record BatchParts
{
    public required string Producer { get; init; }

    public required long FirstSequence { get; init; }

    public required int Count { get; init; }

    public required byte[] Features { get; init; }

    public required long TimeBase { get; init; }

    public required byte[] Times { get; init; }

    public byte[]? Marks { get; init; }

    public string[]? Names { get; init; }

    public int Length => (Features?.Length ?? 0) + (Times?.Length ?? 0) + (Marks?.Length ?? 0);

    public EventBatch ToBatch() => new()
    {
        Producer = Producer, FirstSequence = FirstSequence, Count = Count, Features = Features, TimeBase = TimeBase, Times = Times,
        Marks = Marks, Names = Names,
    };

    public override string ToString() =>
        $"producer of {Producer?.Length} characters, sequence {FirstSequence}, count {Count}, features {Hex(Features)}, times {TimeBase} + "
        + $"{Hex(Times)}, marks {Hex(Marks)}, names [{string.Join('|', Names ?? [])}]";

    private static string Hex(byte[]? bytes) => bytes is null ? "null" : Convert.ToHexString(bytes);
}
