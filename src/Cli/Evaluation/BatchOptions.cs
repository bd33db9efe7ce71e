namespace DagmmStream.Cli.Evaluation;

/// <summary>What is evaluated.</summary>
internal sealed record BatchOptions
{
    public const string Paper = "paper";
    public const string Robust = "robust";

    /// <summary><see cref="Robust"/> or <see cref="Paper"/>.</summary>
    public required string Preset { get; init; }

    /// <summary>First seed.</summary>
    public int FirstSeed { get; init; } = 6;

    /// <summary>Seeds: random splits, and everything random of the fit.</summary>
    public int Seeds { get; init; } = 20;

    /// <summary>Epochs of the paper preset; null: as published.</summary>
    public int? Epochs { get; init; }

    /// <summary>Components of the robust preset; null: from the number of rows.</summary>
    public int? Components { get; init; }

    /// <summary>Whether the controls are run beside.</summary>
    public bool Controls { get; init; } = true;
}
