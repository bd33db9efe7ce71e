using System.Text.RegularExpressions;

namespace DagmmStream.Repository.Tests;

public partial class SourceStyleTests
{
    private const int Columns = 140;

    private static IEnumerable<string> Sources => Repository.Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal));

    [Fact]
    public void Sources_Lines_AreAtMost140ColumnsLong()
    {
        var tooLong =
            from file in Sources
            from line in Repository.Read(file).Split('\n').Index()
            where line.Item.TrimEnd('\r').Length > Columns
            select $"{file}({line.Index + 1}): {line.Item.Length} columns";
        Assert.Empty(tooLong);
    }

    [Fact]
    public void Sources_PublicTypes_StandAloneInAFileOfTheirName()
    {
        var misplaced =
            from file in Sources
            let types = PublicType().Matches(Repository.Read(file)).Select(match => match.Groups["name"].Value).Distinct().ToArray()
            where types.Length > 1 || (types.Length == 1 && types[0] != Path.GetFileName(file).Split('.')[0])
            select $"{file}: {string.Join(", ", types)}";
        Assert.Empty(misplaced);
    }

    [Fact]
    public void Sources_Namespaces_AreFileScopedAndFollowTheFolder()
    {
        var wrong =
            from file in Sources
            where file.StartsWith("src/", StringComparison.Ordinal)
            let text = Repository.Read(file)
            let match = Namespace().Match(text)
            // A file that must answer under a foreign name says so by this pragma.
            where match.Success && !text.Contains("#pragma warning disable IDE0130", StringComparison.Ordinal)
                && !Follows(file.Split('/')[1..^1], match.Groups["name"].Value)
            select $"{file}: {match.Groups["name"].Value}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Files_Content_NamesNoPathOfOneMachine()
    {
        var hits =
            from file in Repository.Files
            where Path.GetExtension(file) is ".cs" or ".md" or ".json" or ".csproj" or ".props" or ".targets" or ".sh" or ".sql" or ".yml"
            from line in Repository.Read(file).Split('\n').Index()
            where MachinePath().IsMatch(line.Item)
            select $"{file}({line.Index + 1}): {line.Item.Trim()}";
        Assert.Empty(hits);
    }

    // Abstractions is the root namespace, and its folders only sort its files.
    private static bool Follows(string[] folders, string name) => folders[0] == "Abstractions"
        ? name == "DagmmStream"
        : name == "DagmmStream." + string.Join('.', folders);

    [GeneratedRegex(
        @"^public ((static|sealed|abstract|readonly|partial|ref|unsafe) )*"
            + @"(class|struct|interface|enum|record( struct| class)?) (?<name>\w+)",
        RegexOptions.Multiline)]
    private static partial Regex PublicType();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    // Spelled so that this file does not match.
    [GeneratedRegex(@"(?<![\w.$}])/(home|root|work|Users)/\w|[A-Z]:\\\\?Users\\")]
    private static partial Regex MachinePath();
}
