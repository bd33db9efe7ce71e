namespace DagmmStream.Modeling.Rounds;

/// <summary>What the partitions of a round are asked, in this order; <see cref="Energies"/> and <see cref="Trimmed"/> take turns.</summary>
internal enum RoundQuestionKind
{
    /// <summary>Weights, sample counts and summaries.</summary>
    Collect = 0,

    /// <summary>Moments of z of the window under the averaged weights, and distances from the history.</summary>
    Latent = 1,

    /// <summary>Mixture statistics under the estimation network's memberships.</summary>
    Memberships = 2,

    /// <summary>Energies of the window under a mixture.</summary>
    Energies = 3,

    /// <summary>Mixture statistics under a mixture's responsibilities, without the rows of highest energy.</summary>
    Trimmed = 4,

    /// <summary>Live scores of the window under the finished members.</summary>
    Live = 5,
}
