using System.Text.Json;

namespace DagmmStream.Silo.Api;

/// <summary>Enumerations in query strings, written as in JSON: camelCase words.</summary>
internal static class ApiWord
{
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    /// <summary>Reads a word; null stays null.</summary>
    /// <exception cref="ApiException">400: the word is none of the enumeration's.</exception>
    public static T? Parse<T>(string name, string? word)
        where T : struct, Enum
    {
        if (word is null) return null;
        foreach (var value in Enum.GetValues<T>())
            if (string.Equals(value.ToString(), word, StringComparison.OrdinalIgnoreCase)) return value;
        throw Problems.Parameter(name, word, $"use {string.Join(", ", Enum.GetValues<T>().Select(Of))}");
    }
}
