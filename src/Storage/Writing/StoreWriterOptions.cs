namespace DagmmStream.Storage.Writing;

/// <summary>How a writer works.</summary>
/// <param name="Capacity">Bound of its queue, in batches.</param>
/// <param name="MaxGroup">Most batches in one transaction.</param>
/// <param name="RetryFor">How long a group is tried again while the store does not answer; zero fails it at once.</param>
internal readonly record struct StoreWriterOptions(int Capacity, int MaxGroup, TimeSpan RetryFor);
