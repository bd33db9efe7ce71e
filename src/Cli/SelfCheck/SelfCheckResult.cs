namespace DagmmStream.Cli.SelfCheck;

/// <summary>All checks of a folder of golden vectors.</summary>
internal sealed record SelfCheckResult(IReadOnlyList<SelfCheckCase> Cases, int Passed, int Failed);

/// <summary>One case under one engine.</summary>
/// <param name="Case">Name of the case.</param>
/// <param name="Engine">Name of the engine, or scorer and statistics for the two files without a network.</param>
/// <param name="Precision">double or float.</param>
/// <param name="EnergyError">Largest relative error of the energies; null where the case has none.</param>
/// <param name="ObjectiveError">Relative error of J; null where the case has none, or it is not finite.</param>
/// <param name="GradientError">Relative error of the gradient; null where the engine has none or the case's is cancellation noise.</param>
/// <param name="Passed">True if every error is within its tolerance.</param>
internal sealed record SelfCheckCase(
    string Case, string Engine, string Precision, double? EnergyError, double? ObjectiveError, double? GradientError, bool Passed);
