using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;

namespace PandoraSync.Tests.Engine.Pester;

/// <summary>A block or a test: its name and the case of -ForEach that it was made for.</summary>
public abstract partial class PesterItem
{
    private readonly Dictionary<string, object?> variables = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes the item; a dictionary's keys become variables, and the case itself is <c>$_</c>.</summary>
    protected PesterItem(string name, PesterBlock? parent, bool hasCase, object? item)
    {
        Parent = parent;
        if (hasCase)
        {
            variables["_"] = item;
            if (item is IDictionary keys)
            {
                foreach (DictionaryEntry entry in keys)
                    variables[(string)entry.Key] = entry.Value;
            }
        }

        Name = Placeholder().Replace(name, match => Value(match.Groups["name"].Value));
    }

    public PesterBlock? Parent { get; }

    public string Name { get; }

    /// <summary>The names from the outermost Describe to this.</summary>
    public string Path => Parent?.Parent is null ? Name : $"{Parent.Path} > {Name}";

    public IEnumerable<PSVariable> Variables => variables.Select(pair => new PSVariable(pair.Key, pair.Value));

    /// <summary>Sets the case's variables in the scope that is the current one.</summary>
    public void Define(SessionState session)
    {
        foreach (var (name, value) in variables)
            session.PSVariable.Set(name, value);
    }

    private string Value(string name)
    {
        for (var item = this; item is not null; item = item.Parent)
        {
            if (item.variables.TryGetValue(name, out var value))
                return (string?)LanguagePrimitives.ConvertTo(value, typeof(string), System.Globalization.CultureInfo.InvariantCulture) ?? string.Empty;
        }

        throw new PesterException($"'<{name}>' in a name is not a key of -ForEach; the stand-in expands nothing else.");
    }

    [GeneratedRegex("<(?<name>[^<>]+)>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
