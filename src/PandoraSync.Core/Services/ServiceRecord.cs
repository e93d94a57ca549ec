using System.Collections.Generic;

namespace PandoraSync.Services;

/// <summary>A service that is registered.</summary>
/// <param name="Name">Its name.</param>
/// <param name="End">Which end it is: Sync or Server.</param>
/// <param name="Subject">The file or folder that it is about.</param>
/// <param name="Schedule">How often it runs.</param>
/// <param name="State">What its manager says of it; <c>unknown</c> where none runs.</param>
/// <param name="IsEdited">True if somebody has edited a file of it.</param>
/// <param name="Paths">Its files.</param>
internal sealed record ServiceRecord(string Name, string End, string Subject, string Schedule, string State, bool IsEdited, IReadOnlyList<string> Paths);
