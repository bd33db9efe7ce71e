using System.Diagnostics;

namespace DagmmStream.Repository.Tests;

/// <summary>The files of this repository, as git knows them.</summary>
internal static class Repository
{
    private static readonly Lazy<string> LazyRoot = new(FindRoot);
    private static readonly Lazy<string[]> LazyFiles = new(ListFiles);

    public static string Root => LazyRoot.Value;

    /// <summary>Paths relative to the root, with '/'.</summary>
    public static string[] Files => LazyFiles.Value;

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "DagmmStream.sln"))) return folder.FullName;
        Assert.Skip("the tests run outside of a clone of the repository");
        return "";
    }

    private static string[] ListFiles()
    {
        var start = new ProcessStartInfo("git", ["ls-files", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Root, RedirectStandardOutput = true,
        };
        using var git = Process.Start(start)!;
        var files = git.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        git.WaitForExit();
        if (git.ExitCode != 0) Assert.Skip("the tests run outside of a clone of the repository");
        return [.. files.Where(file => File.Exists(Path.Combine(Root, file)))];
    }
}
