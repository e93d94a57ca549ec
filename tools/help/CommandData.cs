using System.Collections.Generic;
using System.IO;
using System.Text.Json;

namespace PandoraSync.Help;

/// <summary>A compiled cmdlet as Read-Commands.ps1 writes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sets">Its parameter sets.</param>
/// <param name="Parameters">Its parameters by name, without the common ones. A default is empty where the code does not say one.</param>
internal sealed record CommandData(string Name, IReadOnlyList<CommandSetData> Sets, IReadOnlyDictionary<string, ParameterData> Parameters)
{
    public static IReadOnlyList<CommandData> Read(string path) => JsonSerializer.Deserialize<CommandData[]>(File.ReadAllText(path))!;
}

/// <summary>A parameter set.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsDefault">Whether it is the one that counts where nothing else says which.</param>
/// <param name="Syntax">Its parameters as a line.</param>
internal sealed record CommandSetData(string Name, bool IsDefault, string Syntax);
