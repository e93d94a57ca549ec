using System;

namespace PandoraSync.Tests.Engine.Pester;

/// <summary>An assertion that does not hold, or a test file that uses what the stand-in does not know.</summary>
public sealed class PesterException(string message) : Exception(message);
