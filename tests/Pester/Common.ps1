# What the files here share; dot-sourced in BeforeAll. An error that a test does not expect ends it.
$ErrorActionPreference = 'Stop'
$module = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..', 'artifacts', 'module', 'PandoraSync'))
Import-Module -Name $module

function New-Folder { [IO.Directory]::CreateDirectory([IO.Path]::Combine([string] $TestDrive, [guid]::NewGuid().ToString('N'))).FullName }

function New-File($Name, $Text, $Folder = (New-Folder)) {
    $path = [IO.Path]::Combine($Folder, $Name)
    [IO.File]::WriteAllText($path, $Text)
    $path
}

function New-Secret($Text) {
    $secret = [securestring]::new()
    foreach ($c in $Text.ToCharArray()) { $secret.AppendChar($c) }
    $secret
}

function New-Password($Text) { [pscredential]::new('any', (New-Secret $Text)) }

function Get-FileName($Folder) { [IO.Directory]::GetFiles($Folder) | ForEach-Object { [IO.Path]::GetFileName($_) } | Sort-Object }

function Wait-Until([scriptblock]$Condition, $What) {
    $clock = [Diagnostics.Stopwatch]::StartNew()
    while (-not (& $Condition)) {
        if ($clock.Elapsed.TotalSeconds -gt 60) { throw "Waited in vain for: $What." }
        Start-Sleep -Milliseconds 20
    }
}

# This shell as a program: its file name, and what comes before other arguments.
function Get-Shell {
    $own = [Environment]::ProcessPath
    if ([IO.Path]::GetFileNameWithoutExtension($own) -eq 'dotnet') { $own, ([IO.Path]::Combine($PSHOME, 'pwsh.dll')), '-NoProfile' } else { $own, '-NoProfile' }
}

# A server that is not ours: answers each line by the first of its patterns that fits, else says nothing; with -HangUp it leaves after its first line.
function Start-FakeServer([Collections.IDictionary]$Answers = @{}, [switch]$HangUp) {
    $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
    $listener.Start()
    $asked = [Collections.Concurrent.ConcurrentQueue[string]]::new()
    $clients = [Collections.Concurrent.ConcurrentBag[Net.Sockets.TcpClient]]::new()
    $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
    $null = $shell.AddScript({
            param($listener, $asked, $answers, $hangUp, $clients)
            $ErrorActionPreference = 'Stop'
            while ($true) {
                # Throws when the listener is stopped, which ends the loop.
                $client = $listener.AcceptTcpClient()
                $clients.Add($client)
                try {
                    $stream = $client.GetStream()
                    $reader = [IO.StreamReader]::new($stream)
                    while ($null -ne ($line = $reader.ReadLine()) -and $line -ne 'QUIT') {
                        $asked.Enqueue($line)
                        foreach ($pattern in $answers.Keys) {
                            if ($line -like $pattern) {
                                $bytes = [Text.Encoding]::ASCII.GetBytes($answers[$pattern])
                                $stream.Write($bytes, 0, $bytes.Length)
                                break
                            }
                        }
                        if ($hangUp) { break }
                    }
                }
                catch { $asked.Enqueue("broken: $_") }
                finally { $client.Dispose() }
            }
        }).AddArgument($listener).AddArgument($asked).AddArgument($Answers).AddArgument([bool]$HangUp).AddArgument($clients)
    $null = $shell.BeginInvoke()
    [pscustomobject] @{ Port = $listener.LocalEndpoint.Port; Asked = $asked; Listener = $listener; Clients = $clients; Shell = $shell }
}

function Stop-FakeServer($Server) {
    $Server.Listener.Stop()
    foreach ($client in $Server.Clients) { $client.Dispose() }
    $Server.Shell.Dispose()
}
