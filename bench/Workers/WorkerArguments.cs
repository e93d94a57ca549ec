using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace PandoraSync.Bench;

/// <summary>A worker's arguments, each <c>key=value</c>.</summary>
internal sealed class WorkerArguments(IEnumerable<string> arguments)
{
    private readonly Dictionary<string, string> _values = arguments.Select(a => a.Split('=', 2)).ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);

    public string this[string key] => _values[key];

    public string? Find(string key) => _values.GetValueOrDefault(key);

    public int Number(string key) => int.Parse(_values[key], CultureInfo.InvariantCulture);
}
