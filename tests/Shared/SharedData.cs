using Xunit;

namespace DagmmStream.Tests.Shared;

/// <summary>
/// Data that do not belong into the repository: the directory "shared" beside the repository's root, or the one named by the environment
/// variable DAGMM_SHARED. A test that needs absent data is skipped with a reason.
/// </summary>
public static class SharedData
{
    private static readonly string? RootDirectory = FindRoot();

    /// <summary>The shared directory, or null when there is none.</summary>
    public static string? Root => RootDirectory;

    /// <summary>Path of a golden file; skips the test when it is absent.</summary>
    /// <param name="file">File name, for example "k2_d3.json".</param>
    /// <returns>The path.</returns>
    public static string Golden(string file) => Existing(Path.Combine("golden", file));

    /// <summary>Path of a data file or directory; skips the test when it is absent.</summary>
    /// <param name="relative">Path below the shared directory's "data".</param>
    /// <returns>The path.</returns>
    public static string Data(string relative) => Existing(Path.Combine("data", relative));

    /// <summary>Names of all golden files, sorted; empty when there are none.</summary>
    /// <returns>File names without a directory.</returns>
    public static IReadOnlyList<string> GoldenFiles()
    {
        var directory = Root is null ? null : Path.Combine(Root, "golden");
        return directory is null || !Directory.Exists(directory)
            ? [] : [.. Directory.GetFiles(directory, "*.json").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
    }

    /// <summary>Paths of all golden files with a network; skips the test when there are none.</summary>
    /// <returns>The paths, sorted.</returns>
    public static IReadOnlyList<string> NetworkCases()
    {
        var cases = GoldenFiles().Select(Golden).Where(Modeling.Conformance.GoldenCase.IsNetworkCase).ToArray();
        if (cases.Length == 0) Assert.Skip("the shared directory has no golden vectors");
        return cases;
    }

    private static string Existing(string relative)
    {
        if (Root is null) Assert.Skip("no shared directory beside the repository, and DAGMM_SHARED is not set");
        var path = Path.Combine(Root, relative);
        if (!File.Exists(path) && !Directory.Exists(path)) Assert.Skip($"{relative} is absent from the shared directory");
        return path;
    }

    private static string? FindRoot()
    {
        var named = Environment.GetEnvironmentVariable("DAGMM_SHARED");
        if (!string.IsNullOrEmpty(named)) return Directory.Exists(named) ? named : null;
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "DagmmStream.sln"))) directory = directory.Parent;
        var shared = directory?.Parent is { } beside ? Path.Combine(beside.FullName, "shared") : null;
        return Directory.Exists(shared) ? shared : null;
    }
}
