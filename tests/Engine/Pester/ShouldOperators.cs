using System;
using System.Collections;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace PandoraSync.Tests.Engine.Pester;

/// <summary>What Should's operators mean; they compare as PowerShell's own do.</summary>
internal static class ShouldOperators
{
    public static bool Holds(ShouldKeyword should, object? actual, object? expected) => should.ParameterSetName switch
    {
        nameof(should.Be) => AreEqual(actual, expected, ignoreCase: true),
        nameof(should.BeExactly) => AreEqual(actual, expected, ignoreCase: false),
        nameof(should.BeNullOrEmpty) => actual is null or "" || (actual is ICollection { Count: 0 }),
        nameof(should.BeTrue) => LanguagePrimitives.IsTrue(actual),
        nameof(should.BeFalse) => !LanguagePrimitives.IsTrue(actual),
        nameof(should.BeOfType) => To<Type>(expected).IsInstanceOfType(actual),
        nameof(should.HaveCount) => List(actual).Length == To<int>(expected),
        nameof(should.Match) => Regex.IsMatch(To<string>(actual), To<string>(expected), RegexOptions.IgnoreCase, TimeSpan.FromSeconds(10)),
        nameof(should.BeLike) => new WildcardPattern(To<string>(expected), WildcardOptions.IgnoreCase).IsMatch(To<string>(actual)),
        nameof(should.Contain) => List(actual).Any(item => AreEqual(item, expected, ignoreCase: true)),
        nameof(should.BeIn) => List(expected).Any(item => AreEqual(item, actual, ignoreCase: true)),
        nameof(should.BeGreaterThan) => Compare(actual, expected) > 0,
        nameof(should.BeGreaterOrEqual) => Compare(actual, expected) >= 0,
        nameof(should.BeLessThan) => Compare(actual, expected) < 0,
        nameof(should.BeLessOrEqual) => Compare(actual, expected) <= 0,
        nameof(should.Exist) => Path.Exists(should.GetUnresolvedProviderPathFromPSPath(To<string>(actual))),
        var other => throw new PesterException($"Should -{other} is not known to the stand-in."),
    };

    public static string Show(object? value) => value switch
    {
        null => "$null",
        string text => $"'{text}'",
        IEnumerable and not IDictionary => $"@({string.Join(", ", List(value).Select(Show))})",
        _ => To<string>(value),
    };

    private static bool AreEqual(object? actual, object? expected, bool ignoreCase)
    {
        if (!IsList(actual) && !IsList(expected))
            return LanguagePrimitives.Equals(actual, expected, ignoreCase, CultureInfo.InvariantCulture);
        var (left, right) = (List(actual), List(expected));
        return left.Length == right.Length && left.Zip(right).All(pair => AreEqual(pair.First, pair.Second, ignoreCase));
    }

    private static int Compare(object? actual, object? expected) => LanguagePrimitives.Compare(actual, expected, ignoreCase: true, CultureInfo.InvariantCulture);

    private static bool IsList(object? value) => value is IEnumerable and not string and not IDictionary;

    private static object?[] List(object? value) => value is null ? []
        : IsList(value) ? [.. ((IEnumerable)value).Cast<object?>().Select(item => item is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : item)]
        : [value];

    private static T To<T>(object? value) => (T)LanguagePrimitives.ConvertTo(value, typeof(T), CultureInfo.InvariantCulture);
}
