namespace DagmmStream.Modeling.Randomness;

/// <summary>Dropout masks as a pure function of (seed, step, member): equal in every engine and after every restart.</summary>
public static class DropoutMask
{
    private const int MemberShift = 8;

    /// <summary>
    /// Fills a mask with 1 (kept, with probability <paramref name="keep"/>) and 0 (dropped); scaling by 1/keep is the engine's.
    /// </summary>
    /// <param name="seed">Seed of the training state.</param>
    /// <param name="step">Number of the training step.</param>
    /// <param name="member">Member of the model.</param>
    /// <param name="keep">Probability to keep a unit, in (0, 1].</param>
    /// <param name="mask">Receives the mask [rows, width], row-major.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="keep"/> is outside (0, 1], or step or member is negative.</exception>
    public static void Fill(ulong seed, long step, int member, double keep, Span<float> mask)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(keep);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(keep, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfNegative(member);
        var random = new CounterRandom(seed, (uint)RandomPurpose.Dropout | ((uint)member << MemberShift), (ulong)step);
        var threshold = (ulong)(keep * (1UL << 32));
        Span<uint> words = stackalloc uint[Philox.BlocksLength];
        for (; mask.Length > 0; mask = mask[words.Length..])
        {
            if (mask.Length < words.Length) words = words[..mask.Length];
            random.Fill(words);
            for (var i = 0; i < words.Length; i++) mask[i] = words[i] < threshold ? 1f : 0f;
        }
    }
}
