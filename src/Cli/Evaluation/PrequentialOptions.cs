namespace DagmmStream.Cli.Evaluation;

/// <summary>What is evaluated prequentially, and how.</summary>
internal sealed record PrequentialOptions
{
    public const string Stream = "stream";
    public const string Lite = "lite";
    public const string Paper = "paper";

    /// <summary><see cref="Stream"/>, <see cref="Lite"/> or <see cref="Paper"/>.</summary>
    public string Preset { get; init; } = Stream;

    /// <summary>First seed of the model.</summary>
    public int FirstSeed { get; init; } = 1;

    /// <summary>Seeds; the order of the rows is the same for all.</summary>
    public int Seeds { get; init; } = 5;

    /// <summary>Whether the rows are shuffled by a fixed permutation: for sets whose order means nothing.</summary>
    public bool Shuffle { get; init; }

    /// <summary>Consecutive rows that make one event; 1 for the rows themselves.</summary>
    public int Shingle { get; init; } = 1;

    /// <summary>Rows taken, after shuffling; 0 for all.</summary>
    public int Rows { get; init; }

    /// <summary>Normal rows, by label, that the stream begins with; 0 for none: the labels are not used.</summary>
    public int WarmUpLabelledNormal { get; init; }

    /// <summary>Partitions over which the events are dealt in turn; they learn together, in rounds.</summary>
    public int Partitions { get; init; } = 1;

    /// <summary>Whether surplus components die.</summary>
    public bool ChooseComponents { get; init; }

    /// <summary>Whether the controls are run beside.</summary>
    public bool Controls { get; init; } = true;
}
