namespace DagmmStream.Modeling.Scoring;

/// <summary>How member energies become one score.</summary>
public enum ScoreKind
{
    /// <summary>Mean energy of the members (Paper preset).</summary>
    Energy = 0,

    /// <summary>
    /// Mean over the members of sign(u) log(1+|u|), u = (E - median) / interquartile range of the window's energies (Stream preset).
    /// </summary>
    LogStandardized = 1,
}
