"""An equirectangular panorama made from other pictures by a recipe: cube faces, fisheye circles, retouching."""
