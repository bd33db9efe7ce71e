namespace DagmmStream.Modeling.Training;

/// <summary>
/// Lets a thread that waits for this core have it. Long computations call it every 0.1 ms or so: a kernel may leave a running thread the
/// core until its next tick (4 ms at 250 Hz), even one of the lowest priority, while a commit or a reply has become ready behind it.
/// </summary>
internal static class Courtesy
{
    /// <summary>Gives way, if anybody waits; costs a fraction of a microsecond.</summary>
    public static void GiveWay() => Thread.Yield();
}
