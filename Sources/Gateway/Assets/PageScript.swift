// The one script of our pages. Everything works without it; it counts seconds down, tells by the visitor's own
// clock when something began, and keeps a form from being sent twice by an impatient double click.

enum PageScript {
    /// Stands in the page, named by its hash in the Content-Security-Policy: `'self'` would let the app's own
    /// scripts in.
    static let source: HTML = """
        (()=>{"use strict";
        for(const e of document.querySelectorAll("[data-seconds]")){
        const end=Date.now()+1e3*e.dataset.seconds;
        const timer=setInterval(()=>{const left=Math.max(0,Math.ceil((end-Date.now())/1e3));
        e.textContent=left<60?left+" s":Math.floor(left/60)+":"+String(left%60).padStart(2,"0")+" min";
        if(!left)clearInterval(timer)},500)}
        for(const e of document.querySelectorAll("[data-began]")){
        const ago=1e3*e.dataset.began,isOld=ago>72e6;
        const clock=new Date(Date.now()-ago).toLocaleTimeString([],{hour:"2-digit",minute:"2-digit",\
        ...(isOld&&{weekday:"long"})});
        e.textContent=(isOld?"on ":"at ")+clock+", "+e.textContent}
        for(const form of document.forms)form.addEventListener("submit",event=>{
        if(form.dataset.sent)event.preventDefault();
        form.dataset.sent="1";form.querySelector("button").setAttribute("aria-busy","true")});
        addEventListener("pageshow",()=>{for(const form of document.forms){
        delete form.dataset.sent;form.querySelector("button").removeAttribute("aria-busy")}})})()
        """

    /// The source expression of the script (CSP Level 3 §2.3.1): SHA-256 of ``source`` in base64.
    static let integrity = "sha256-v11ML3JVYMoLzUAPmlKxz2VXGrDLGC7oGz86J9p2yIU="
}
