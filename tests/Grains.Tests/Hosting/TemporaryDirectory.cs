namespace DagmmStream.Grains.Tests.Hosting;

/// <summary>A directory that goes with the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("dagmm-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
