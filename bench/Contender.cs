using System;
using System.Threading.Tasks;

namespace PandoraSync.Bench;

/// <summary>One way to do a piece of work.</summary>
/// <param name="Name">What is measured, with the peer.</param>
/// <param name="RunAsync">Does it once and gives the units done a second.</param>
internal sealed record Contender(string Name, Func<Task<double>> RunAsync);
