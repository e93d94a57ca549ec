# Runs the examples of all pages of a folder, each as printed, in the world that World.sh makes, and writes as JSON what came of them. Then those of the documents,
# block by block in one shell, as somebody types them who reads from top to bottom; what stands behind a block as text is what it is to show.
# north.example is a plain site; south.example:41122 wants the password in login.xml; east.example speaks TLS with clients of its authority.
param([Parameter(Mandatory)] [string]$Pages, [Parameter(Mandatory)] [string]$Module, [Parameter(Mandatory)] [string]$Report, [string[]]$Documents = @())
$ErrorActionPreference = 'Stop'
[cultureinfo]::CurrentCulture = [cultureinfo]::DefaultThreadCurrentCulture = 'en-US'
$env:PSModulePath = [IO.Path]::GetDirectoryName($Module)
Import-Module $Module
$here = $PWD.Path

function Set-Buffer($Name) {
    $folder = [IO.Directory]::CreateDirectory("$here/../sites/$Name").FullName
    Get-ChildItem $folder -Force | Remove-Item -Recurse -Force
    $null = New-Item -ItemType Directory "$folder/conf"
    [IO.File]::WriteAllText("$folder/conf/web-01.conf", 'x')
    foreach ($file in @{ 'web-01.1790000000.data' = 812; 'web-01.1790000300.data' = 815; 'db-01.1790000060.data' = 2048; 'upload.tmp' = 10 }.GetEnumerator()) {
        [IO.File]::WriteAllText("$folder/$($file.Key)", 'x' * $file.Value)
    }
    $folder
}

$login = [pscredential]::new('any', (ConvertTo-SecureString 'sesame' -AsPlainText -Force))
$ca = New-TentacleCertificate -Authority -OutputDirectory /etc/pandora/ca
$null = New-TentacleCertificate -CommonName main -Issuer $ca -Role Client -OutputDirectory /etc/pandora/main
$null = New-TentacleCertificate localhost -Issuer $ca -Role Server -OutputDirectory /etc/pandora/site
$east = New-TentacleCertificate east.example, 10.142.52.10 -Issuer $ca -Role Server -OutputDirectory "$here/../east"
$configuration = 'syncserver 1', 'sync_address 10.142.50.10', 'incomingdir /var/spool/pandora/data_in'
[IO.File]::WriteAllLines('/etc/pandora/pandora_server.conf', $configuration)
[IO.File]::WriteAllLines('/etc/tentacle/tentacle_server.conf', @('port 41121', 'insecure 1', 'directory /var/spool/pandora/data_in'))

# What the shell of whoever types the example finds.
function Reset-World($Page) {
    Get-TentacleSession | Remove-TentacleSession
    Get-TentacleServer | Stop-TentacleServer
    Get-ChildItem /var/spool, $here, /etc/systemd/system -Force -ErrorAction Ignore | Remove-Item -Recurse -Force
    foreach ($folder in '/var/spool/pandora/data_in', '/var/spool/pandora/other', "$here/agents", "$here/copy", "$here/web-01") { $null = [IO.Directory]::CreateDirectory($folder) }
    foreach ($file in 'web-01.1790000900.data', 'agent.conf', 'agents/db-01.1790000900.data', 'agents/db-01.1790001200.data') { [IO.File]::WriteAllText("$here/$file", "$file") }
    foreach ($file in "$here/sites.csv", '/etc/pandora/sites.csv') { [IO.File]::WriteAllLines($file, @('ComputerName,Port,TimeoutSec', 'north.example,,', '10.142.53.10,41122,5')) }
    [IO.File]::WriteAllLines("$here/pandora_server.conf", $configuration)
    Export-Clixml -InputObject $login -Path "$here/login.xml"
    # The pages of servers are for a machine at a site, the others for the main server.
    if ($Page -notlike '*-TentacleServer.md' -or $Page -like '*Test-*') {
        $null = Start-TentacleServer (Set-Buffer north) -Address 10.142.50.10 -Filter '.*\.conf:conf;.*\.md5:md5'
        $null = Start-TentacleServer (Set-Buffer south) -Address 10.142.51.10 -Port 41122 -Credential $login
        $null = $east | Start-TentacleServer (Set-Buffer east) -Address 10.142.52.10
        $null = Start-TentacleServer (Set-Buffer other) -Address 10.142.53.10 -Port 41122
    }
    if ($Page -like 'Sync-*' -or $Page -like 'remote-*') {
        foreach ($folder in 'conf', 'md5') { $null = [IO.Directory]::CreateDirectory("/var/spool/pandora/data_in/$folder") }
        foreach ($agent in 'web-01', 'db-01') {
            $text = "agent_name $agent`n"
            $file, $digest = foreach ($part in $agent, $text) { [Convert]::ToHexString([Security.Cryptography.MD5]::HashData([Text.Encoding]::UTF8.GetBytes($part))).ToLowerInvariant() }
            [IO.File]::WriteAllText("$here/../sites/north/conf/$file.conf", $text)
            [IO.File]::WriteAllText("$here/../sites/north/md5/$file.md5", $digest)
        }
    }
}

function New-Shell {
    $runspace = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2())
    $runspace.Open()
    $null = $runspace.SessionStateProxy.Path.SetLocation($here)
    $runspace
}

function Invoke-Example($Code, $Runspace) {
    $own = if (-not $Runspace) { New-Shell }
    $shell = [powershell]::Create()
    $shell.Runspace = if ($own) { $own } else { $Runspace }
    try {
        $output = [Management.Automation.PSDataCollection[psobject]]::new()
        $running = $shell.AddScript($(if ($own) { "Import-Module PandoraSync`n$Code" } else { $Code })).BeginInvoke([Management.Automation.PSDataCollection[psobject]]$null, $output)
        $clock = [Diagnostics.Stopwatch]::StartNew()
        # What runs until it is stopped is stopped once it listens.
        $endless = $Code -match '(?m) -Wait\b'
        while (-not $running.IsCompleted -and -not ($endless -and (Get-TentacleServer).State -eq 'Running') -and $clock.Elapsed.TotalSeconds -lt 60) { Start-Sleep -Milliseconds 20 }
        $problems = @(if ($clock.Elapsed.TotalSeconds -ge 60) { 'It did not end in 60 seconds.' })
        if ($running.IsCompleted) {
            try { $null = $shell.EndInvoke($running) } catch { $problems += "$_" }
            if ($endless) { $problems += 'It should have run until it is stopped.' }
        }
        else { $shell.Stop() }
        $problems += @($shell.Streams.Error | ForEach-Object { "$_" })
        # Of sites and files that are drained side by side, any may be first.
        $types = "$($output | Where-Object { $null -ne $_ } | ForEach-Object { $_.pstypenames[0] -replace '.*\.' } | Sort-Object -Unique)"
        $shown = if ($types -in 'SyncResult', 'ReceivedFile') { $output | Sort-Object Site, Name } else { $output }
        # The PowerShell of these tests is in a home folder, and their module perhaps in a temporary one, which the services' page tells people to avoid.
        @{ Output = ($shown | Out-String -Width 80) -replace '\e\[[0-9;]*m'; Warnings = @($shell.Streams.Warning | ForEach-Object { "$_" } | Where-Object { $_ -notmatch "^The service cannot see '[^']*/(pwsh[^']*|PandoraSync\.psd1)'" }); Problems = $problems }
    }
    finally {
        $shell.Dispose()
        if ($own) { $own.Dispose() }
    }
}

# Times, numbers and seconds differ from run to run; they are replaced by others of the same width. Agents' times, in names, stay.
function Format-Stable($Text) {
    $lines = foreach ($line in $Text -split "\r?\n") { $line.TrimEnd() }
    $text = ($lines -join "`n").Trim("`n") -replace '(?<= )20[2-4]\d-\d\d-\d\d(?= CN=)', '2028-01-01' -replace '(?m)^[ \d]{4}(?= (Running|Stopped|Idle|Connected))', '   1'
    $text = $text -replace '(?m)(?<=^[A-Z]\w+ +\d+ +[\d.]+ .?B +\d+ +)\d\.\d\d', '0.01' -replace '(?m)(?<=^(StartTime) +: ).*', '(now)' -replace '(?m)(?<=^Id +: ).*', '1' -replace '(?<= Session)\d', '1'
    $text -replace '(?s)(?<=\nTLS +yes +)\S.*?(?=\nAuth)', 'TLS 1.3, ...'
}

# The blocks of a document that are typed; in an about topic they are indented and have no word before them that says so, but begin with a command or a variable.
function Get-Block($Path) {
    $text = [IO.File]::ReadAllText($Path) -replace "`r"
    $pattern = if ($Path -like '*.help.txt') { '(?m)(?<code>^ {8}(?=\$|[A-Z]\w+-[A-Z])(.*\n {8,})*.*\n)' } else { '(?ms)^```powershell\n(?<code>.*?)^```\n(\n```text\n(?<text>.*?)^```\n)?' }
    foreach ($block in [regex]::Matches($text, $pattern)) {
        $expected = $block.Groups['text']
        @{ Code = $block.Groups['code'].Value; Line = @($text.Substring(0, $block.Index) -split "`n").Count; Index = $expected.Index; Expected = if ($expected.Success) { "$(Format-Stable $expected.Value)" } }
    }
}

function Invoke-Document($Path) {
    $name = [IO.Path]::GetFileName($Path)
    $blocks = @(Get-Block $Path)
    if (-not $blocks) { return }
    # Who begins has nothing but a clone of the repository.
    $isFirst = $name -like 'getting-started*'
    $isAlone = $isFirst -or $name -like 'migrating*'
    Reset-World $(if ($isAlone) { 'Start-TentacleServer.md' } else { $name })
    $shell = New-Shell
    try {
        if ($isFirst) { $null = New-Item -ItemType SymbolicLink "$here/artifacts" -Target ([IO.Path]::GetFullPath([IO.Path]::Combine($Module, '..', '..'))) }
        else { $null = [powershell]::Create($shell).AddScript('Import-Module PandoraSync; function Get-Credential { [pscredential]::new(''any'', (ConvertTo-SecureString sesame -AsPlainText -Force)) }').Invoke() }
        $isSite = $false
        foreach ($block in $blocks) {
            # A topic is about both ends, which are two machines.
            if ($name -like 'about_*' -and $isSite -ne ($block.Code -match 'Start-TentacleServer')) {
                $isSite = -not $isSite
                if ($isSite) { Get-TentacleServer | Stop-TentacleServer } else { Reset-World $name }
            }
            $result = Invoke-Example $block.Code $shell
            [ordered]@{
                Page = $name; Title = "line $($block.Line)"; Problems = $result.Problems + $result.Warnings; Shown = "$(Format-Stable $result.Output)"
                Index = $block.Index; Expected = $block.Expected
            }
        }
    }
    finally {
        $shell.Dispose()
        Get-TentacleServer | Stop-TentacleServer
    }
}

$results = foreach ($path in Get-ChildItem $Pages -Filter '*-*.md' | Sort-Object Name) {
    foreach ($example in [regex]::Matches(([IO.File]::ReadAllText($path) -replace "`r"), '(?ms)^### (Example \d+: [^\n]+)\n(.*?)(?=^#{2,3} )')) {
        Reset-World $path.Name
        $result = Invoke-Example ([regex]::Match($example.Groups[2].Value, '(?ms)^```powershell\n(.*?)^```').Groups[1].Value)
        $changed = foreach ($folder in "$here/../sites/north", '/var/spool/pandora/data_in', "$here/copy", "$here/web-01") { "$([IO.Path]::GetFileName($folder)): $((Get-ChildItem $folder -File -Recurse -ErrorAction Ignore | Sort-Object Name).Name -join ', ')" }
        [ordered]@{ Page = $path.BaseName; Title = $example.Groups[1].Value; Problems = $result.Problems + $result.Warnings; Shown = "$(Format-Stable $result.Output)`n`n$($changed -join "`n")" }
    }
}
Get-TentacleServer | Stop-TentacleServer
$results = @($results) + @($Documents -split ',' | Where-Object { $_ } | ForEach-Object { Invoke-Document $_ })
[IO.File]::WriteAllText($Report, (ConvertTo-Json @($results) -Depth 4))
