using System.Text.RegularExpressions;

namespace DagmmStream.Repository.Tests;

public partial class ReadmeTests
{
    // samples/PushEvents is part of the solution: what stands there compiles.
    private const string Sample = "samples/PushEvents/Program.cs";

    [Fact]
    public void Readme_CSharpBlock_IsTheSampleThatIsBuilt()
    {
        var block = Assert.Single(Blocks("csharp"));
        Assert.Equal(Normal(Repository.Read(Sample)), Normal(block));
        Assert.Contains("PushEvents.csproj", Repository.Read("DagmmStream.sln"), StringComparison.Ordinal);
    }

    [Fact]
    public void Readme_Commands_NameProjectsAndScriptsThatExist()
    {
        var commands = Blocks("").SelectMany(block => block.Split('\n')).ToArray();
        var projects = commands.SelectMany(line => ProjectOption().Matches(line)).Select(match => match.Groups["path"].Value).ToArray();
        Assert.NotEmpty(projects);
        Assert.All(projects, path => Assert.NotEmpty(Directory.GetFiles(Path.Combine(Repository.Root, path), "*.csproj")));
        var scripts = commands.Where(line => line.StartsWith("./", StringComparison.Ordinal)).Select(line => line.Trim()[2..]).ToArray();
        Assert.Contains("test.sh", scripts);
        Assert.All(scripts, script => Assert.True(File.Exists(Path.Combine(Repository.Root, script)), script));
    }

    [Fact]
    public void Readme_DagmmCommands_AreCommandsOfTheCommandLine()
    {
        var used = Command().Matches(Repository.Read("README.md")).Select(match => match.Groups["name"].Value).Distinct().ToArray();
        Assert.NotEmpty(used);
        var sources = string.Join('\n', Repository.Files.Where(file => file.StartsWith("src/Cli/", StringComparison.Ordinal)
            && file.EndsWith("Command.cs", StringComparison.Ordinal)).Select(Repository.Read));
        Assert.All(used, name => Assert.Contains($"new Command(\"{name}\"", sources, StringComparison.Ordinal));
    }

    [Fact]
    public void Documents_Links_LeadToFilesThatExist()
    {
        var broken =
            from file in Repository.Files
            where file.EndsWith(".md", StringComparison.Ordinal)
            from Match link in Link().Matches(Repository.Read(file))
            let target = Path.Combine(Repository.Root, Path.GetDirectoryName(file)!, link.Groups["path"].Value)
            where !Path.Exists(target)
            select $"{file}: {link.Groups["path"].Value}";
        Assert.Empty(broken);
    }

    [Fact]
    public void Repository_Solution_HasEveryProject()
    {
        var solution = Repository.Read("DagmmStream.sln").Replace('\\', '/');
        var missing = Repository.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal)
            && !file.StartsWith("bench/", StringComparison.Ordinal) && !solution.Contains(file, StringComparison.Ordinal));
        Assert.Empty(missing);
    }

    private static IEnumerable<string> Blocks(string language) =>
        from Match match in Fence().Matches(Repository.Read("README.md"))
        where match.Groups["language"].Value == language
        select match.Groups["text"].Value;

    private static string Normal(string text) => string.Join('\n', text.Trim().Split('\n').Select(line => line.TrimEnd()));

    [GeneratedRegex(@"^```(?<language>\w*)\r?\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"--project (?<path>[\w./]+)")]
    private static partial Regex ProjectOption();

    [GeneratedRegex(@"--project src/Cli -- (?<name>[a-z]+)")]
    private static partial Regex Command();

    [GeneratedRegex(@"\]\((?!\w+:)(?<path>[^)#]+)[^)]*\)")]
    private static partial Regex Link();
}
