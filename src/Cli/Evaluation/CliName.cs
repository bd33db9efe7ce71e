using System.Text.Json;

namespace DagmmStream.Cli.Evaluation;

/// <summary>Names of enumeration values as the command line writes them.</summary>
internal static class CliName
{
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
